package dev.sextant.nn;

import dev.sextant.nn.Summary.Row;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// The table of torchsummary: one row per module that is neither the root nor a sequence, in the order the modules
/// finish; a composite module has its own row with no parameters, and its output is counted beside those of the modules
/// inside; functions that are no modules have none.
///
/// One MB is 2²⁰ bytes; the input is `4·B·elements`, a pass `2·4·B·Σ outputs`.
///
/// @param batch  what the shapes show as batch, or -1
/// @param images B
/// @param rows   the modules
public record TorchSummary(int batch, int images, List<Row> rows, long inputElements, long params) {
    private static final String ROW = "%20s  %25s %15s\n";
    private static final int WIDTH = 64;

    /// Of a summary made with the number of images that is to be counted: 1 where none is given.
    public static TorchSummary of(Summary s, int batch) {
        List<Row> modules = s.calls().stream().filter(r -> !r.sequential()
                && !r.path().equals(s.rows().getFirst().path())).toList();
        return new TorchSummary(batch, s.input().dim(0), modules, s.input().size(),
                modules.stream().mapToLong(Row::ownParams).sum());
    }

    /// Size of the input.
    public double inputMb() {
        return mb(4.0 * inputElements);
    }

    /// Size of all outputs and their gradients.
    public double passMb() {
        return mb(2 * 4.0 * rows.stream().mapToLong(r -> r.output().size()).sum());
    }

    /// Size of the parameters.
    public double paramsMb() {
        return mb(4.0 * params);
    }

    /// The sum of the three.
    public double totalMb() {
        return inputMb() + passMb() + paramsMb();
    }

    private static double mb(double bytes) {
        return bytes / (1 << 20);
    }

    /// The table.
    public String text() {
        var out = new StringBuilder("-".repeat(WIDTH)).append('\n');
        out.append(String.format(Locale.ROOT, ROW, "Layer (type)", "Output Shape", "Param #"));
        out.append("=".repeat(WIDTH)).append('\n');
        for (int i = 0; i < rows.size(); i++) {
            Row r = rows.get(i);
            int[] shape = r.output().dims();
            shape[0] = batch;
            out.append(String.format(Locale.ROOT, ROW, r.type() + "-" + (i + 1), Arrays.toString(shape),
                    String.format(Locale.ROOT, "%,d", r.ownParams())));
        }
        out.append("=".repeat(WIDTH)).append('\n');
        out.append(String.format(Locale.ROOT, "Total params: %,d\nTrainable params: %,d\nNon-trainable params: 0\n",
                params, params));
        out.append("-".repeat(WIDTH)).append('\n');
        out.append(String.format(Locale.ROOT, "Input size (MB): %.2f\nForward/backward pass size (MB): %.2f\n"
                + "Params size (MB): %.2f\nEstimated Total Size (MB): %.2f\n", inputMb(), passMb(), paramsMb(),
                totalMb()));
        return out.append("-".repeat(WIDTH)).append('\n').toString();
    }
}
