package dev.sextant.peers;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.sextant.bench.BookNet;
import dev.sextant.bench.Formula;
import dev.sextant.bench.peers.PeerEngine;
import dev.sextant.bench.peers.Worker;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Map;

/// ONNX Runtime, all graph optimisations on, the model written for exactly the batch that is asked for. Its input
/// tensor is made once, which favours it over Sextant, that copies the images in at every call.
public final class OnnxWorker implements PeerEngine {
    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final int threads;

    private OnnxWorker(int threads) {
        this.threads = threads;
    }

    /// @param args threads
    public static void main(String[] args) throws Exception {
        Worker.serve(new OnnxWorker(Integer.parseInt(args[0])));
    }

    @Override
    public Training training(BookNet net, int batch, boolean dropout) {
        throw new UnsupportedOperationException("ONNX Runtime is compared in inference only");
    }

    @Override
    public Inference inference(BookNet net, int batch) {
        try {
            var options = new OrtSession.SessionOptions();
            options.setIntraOpNumThreads(threads);
            options.setInterOpNumThreads(1);
            OrtSession session = environment.createSession(OnnxModel.of(net, batch), options);
            float[] images = Formula.images(batch, net.size());
            FloatBuffer direct = ByteBuffer.allocateDirect(4 * images.length).order(ByteOrder.nativeOrder())
                    .asFloatBuffer().put(images).flip();
            var input = OnnxTensor.createTensor(environment, direct,
                    new long[] {batch, 1, net.size(), net.size()});
            return new Session(session, input, new float[batch * 10]);
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }

    private record Session(OrtSession session, OnnxTensor input, float[] logits) implements Inference {
        @Override
        public float[] infer() {
            try (var result = session.run(Map.of("0", input))) {
                ((OnnxTensor) result.get(0)).getFloatBuffer().get(logits);
                return logits;
            } catch (OrtException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void close() {
            try {
                input.close();
                session.close();
            } catch (OrtException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
