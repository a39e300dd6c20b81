package dev.sextant.nn;

import dev.sextant.engine.Shape;
import dev.sextant.engine.error.SextantException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A model's layers with shapes, parameters, work, memory and receptive fields, computed from shapes alone.
///
/// @param title name of the model
/// @param input shape of the input, batch included
/// @param rows  one per layer, outermost first, in order of definition
/// @param calls every pass through a layer, in the order they end: a layer that runs twice is there twice
public record Summary(String title, Shape input, List<Row> rows, List<Row> calls) {

    /// One layer.
    ///
    /// @param path       name from the root, empty for the root itself
    /// @param depth      0 for the root
    /// @param leaf       whether it has no children
    /// @param sequential whether it only runs its children one after the other
    /// @param ownParams  its own parameters, those of layers below it not counted
    /// @param params     parameters of the layer and everything below it
    /// @param macs       multiply-adds of convolutions and linear layers in one forward pass of the whole batch,
    ///                   likewise
    /// @param field      what one of its outputs sees of the input image
    /// @param trainingBytes  activations that a training step keeps: the outputs of all layers without children, here
    ///                       and below; float32
    /// @param inferenceBytes activations of inference at the moment when most are needed: input and output of one layer
    /// @param millis     milliseconds of a forward pass of the batch through the layer; NaN where nobody measured it
    public record Row(String path, String type, int depth, boolean leaf, boolean sequential, Shape input,
            Shape output, long ownParams, long params, long macs, ReceptiveField field, long trainingBytes,
            long inferenceBytes, double millis) {

        /// Floating-point operations of convolutions and linear layers: two for each multiply-add.
        public long flops() {
            return 2 * macs;
        }

        /// Billions of operations per second; NaN where there are none, or nobody measured them.
        public double gflops() {
            return macs == 0 ? Double.NaN : flops() / millis / 1e6;
        }

        private Row taking(double milliseconds) {
            return new Row(path, type, depth, leaf, sequential, input, output, ownParams, params, macs, field,
                    trainingBytes, inferenceBytes, milliseconds);
        }
    }

    /// Summarises a model for an input shape, batch included. Nothing is computed and no memory is taken.
    public static Summary of(Layer model, Shape input, String title) {
        Map<Layer, String> paths = new LinkedHashMap<>();
        model.visit("", (path, layer) -> paths.putIfAbsent(layer, path));
        Map<Layer, Row> rows = new HashMap<>();
        List<Row> calls = new ArrayList<>();
        var fields = new FieldWalk(input);
        model.walk(input, new Walk() {
            @Override
            public void enter(Layer layer, Shape in) {
                fields.enter(layer, in);
            }

            @Override
            public void leave(Layer layer, Shape in, Shape out) {
                ReceptiveField field = fields.leave(layer, in, out);
                Row row = row(layer, paths.getOrDefault(layer, ""), in, out, field, rows);
                rows.put(layer, row);
                calls.add(row);
            }
        });
        List<Row> ordered = new ArrayList<>();
        paths.keySet().forEach(layer -> {
            if (rows.containsKey(layer)) {
                ordered.add(rows.get(layer));
            }
        });
        return new Summary(title, input, List.copyOf(ordered), List.copyOf(calls));
    }

    /// Any layer alone, on batches of examples.
    ///
    /// @param example shape of one example, without batch
    public static Summary of(Layer layer, Shape example, int batch) {
        int[] dims = new int[example.rank() + 1];
        dims[0] = batch;
        System.arraycopy(example.dims(), 0, dims, 1, example.rank());
        return of(layer, Shape.of(dims), layer.typeName());
    }

    private static Row row(Layer layer, String path, Shape in, Shape out, ReceptiveField field, Map<Layer, Row> rows) {
        boolean leaf = layer.children().isEmpty();
        long own = layer.ownParameters().isEmpty() ? layer.plannedParameters(in)
                : layer.ownParameters().values().stream().mapToLong(p -> p.shape().size()).sum();
        long params = own;
        long macs = layer.macs(in);
        long kept = leaf ? Float.BYTES * out.size() : 0;
        long peak = Float.BYTES * (in.size() + out.size());
        for (Row child : below(layer, rows)) {
            params += child.params;
            macs += child.macs;
            kept += child.trainingBytes;
            peak = Math.max(peak, child.inferenceBytes);
        }
        return new Row(path, layer.typeName(), path.isEmpty() ? 0 : path.split("\\.").length, leaf,
                layer instanceof Sequential, in, out, own, params, macs, field, kept, peak, Double.NaN);
    }

    /// The rows of the children; in place of a child that is a mere holder and never runs itself, those of its children.
    private static List<Row> below(Layer layer, Map<Layer, Row> rows) {
        List<Row> all = new ArrayList<>();
        for (Layer child : layer.children().values()) {
            Row row = rows.get(child);
            if (row != null) {
                all.add(row);
            } else {
                all.addAll(below(child, rows));
            }
        }
        return all;
    }

    /// All parameters.
    public long totalParams() {
        return rows.getFirst().params;
    }

    /// All multiply-adds of one forward pass of the batch.
    public long totalMacs() {
        return rows.getFirst().macs;
    }

    /// The same with measured times.
    ///
    /// @param millis milliseconds of one forward pass by layer, everything below it included
    public Summary timed(Map<String, Double> millis) {
        return new Summary(title, input,
                rows.stream().map(r -> r.taking(millis.getOrDefault(r.path, Double.NaN))).toList(), calls);
    }

    /// Whether there are times to show.
    boolean isTimed() {
        return !Double.isNaN(rows.getFirst().millis);
    }

    /// The layers down to a depth only; 1 keeps the outermost ones. Totals stay.
    public Summary toDepth(int depth) {
        return new Summary(title, input, rows.stream()
                .filter(r -> r.depth - rows.getFirst().depth <= depth).toList(), calls);
    }

    /// The summary of one block, for example `layer1.0`. Its receptive fields still count from the network's input.
    ///
    /// @throws SextantException if there is no such layer
    public Summary block(String path) {
        List<Row> below = rows.stream().filter(r -> r.path.equals(path) || r.path.startsWith(path + ".")).toList();
        if (below.isEmpty() || !below.getFirst().path.equals(path)) {
            throw new SextantException("summary: %s has no layer '%s'; its outermost are %s", title, path,
                    rows.stream().filter(r -> r.depth == 1).map(Row::path).toList());
        }
        return new Summary(title + "." + path, below.getFirst().input, below,
                calls.stream().filter(r -> r.path.equals(path) || r.path.startsWith(path + ".")).toList());
    }

    /// A table for terminals.
    public String text() {
        return SummaryFormats.text(this);
    }

    /// A Markdown table.
    public String markdown() {
        return SummaryFormats.markdown(this);
    }

    /// Comma-separated values with a header line.
    public String csv() {
        return SummaryFormats.csv(this);
    }

    /// An HTML table.
    public String html() {
        return SummaryFormats.html(this);
    }

    /// A JSON object; its last field is `totalParams`.
    public String json() {
        return SummaryFormats.json(this);
    }

    /// The table that PyTorch users know from torchsummary; see [TorchSummary].
    ///
    /// @param batch what the shapes show as batch, or -1 for none given
    public String torchsummary(int batch) {
        return TorchSummary.of(this, batch).text();
    }
}
