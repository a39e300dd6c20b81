package dev.sextant.kernels.library;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnActivationDescriptor;
import jcuda.jcudnn.cudnnConvolutionDescriptor;
import jcuda.jcudnn.cudnnFilterDescriptor;
import jcuda.jcudnn.cudnnPoolingDescriptor;
import jcuda.jcudnn.cudnnTensorDescriptor;

/// Questions about descriptors that cuDNN answers without a GPU, put through JCudnn to whichever library is loaded:
/// NVIDIA's own, or the double. One line each: the question, a tab, the answer.
final class DescriptorAnswers {
    private static final int FLOAT = 0;
    private static final int NCHW = 0;

    private final List<String> lines = new ArrayList<>();

    private DescriptorAnswers() {
    }

    /// All questions with the loaded library's answers.
    static List<String> ask() {
        var answers = new DescriptorAnswers();
        answers.tensors();
        answers.filters();
        answers.convolutions();
        answers.poolings();
        answers.activations();
        answers.convolvedExtents();
        answers.pooledExtents();
        return answers.lines;
    }

    private void line(String question, Object answer) {
        lines.add(question + "\t" + answer);
    }

    private static cudnnTensorDescriptor tensor() {
        var d = new cudnnTensorDescriptor();
        JCudnn.cudnnCreateTensorDescriptor(d);
        return d;
    }

    private void tensors() {
        for (int[] e : new int[][] {{1, 1, 1, 1}, {2, 3, 4, 5}, {0, 1, 1, 1}, {1, 1, 0, 1}, {1, -1, 1, 1}}) {
            var d = tensor();
            int status = JCudnn.cudnnSetTensor4dDescriptor(d, NCHW, FLOAT, e[0], e[1], e[2], e[3]);
            line("tensor " + Arrays.toString(e), status + size(d, status));
        }
        for (int[] s : new int[][] {{60, 20, 5, 1}, {120, 40, 10, 2}, {100, 30, 6, 1}}) {
            var d = tensor();
            int status = JCudnn.cudnnSetTensor4dDescriptorEx(d, FLOAT, 2, 3, 4, 5, s[0], s[1], s[2], s[3]);
            line("tensor [2, 3, 4, 5] strides " + Arrays.toString(s), status + size(d, status));
        }
    }

    private static String size(cudnnTensorDescriptor d, int status) {
        long[] bytes = new long[1];
        return status != 0 ? "" : " " + JCudnn.cudnnGetTensorSizeInBytes(d, bytes) + " " + bytes[0];
    }

    private void filters() {
        for (int[] e : new int[][] {{4, 3, 3, 3}, {0, 3, 3, 3}, {4, 3, 3, 0}}) {
            var d = new cudnnFilterDescriptor();
            JCudnn.cudnnCreateFilterDescriptor(d);
            line("filter " + Arrays.toString(e),
                    JCudnn.cudnnSetFilter4dDescriptor(d, FLOAT, NCHW, e[0], e[1], e[2], e[3]));
        }
    }

    private static cudnnConvolutionDescriptor convolution() {
        var d = new cudnnConvolutionDescriptor();
        JCudnn.cudnnCreateConvolutionDescriptor(d);
        return d;
    }

    private void convolutions() {
        for (int[] c : new int[][] {{1, 1, 1, 1, 1, 1, 1}, {0, 2, 2, 1, 1, 3, 1}, {-1, 0, 1, 1, 1, 1, 1},
            {0, 0, 0, 1, 1, 1, 1}, {0, 0, 1, 1, 0, 1, 1}, {0, 0, 1, 1, 1, 1, 2}}) {
            line("convolution " + Arrays.toString(c), JCudnn.cudnnSetConvolution2dDescriptor(convolution(), c[0], c[1],
                    c[2], c[3], c[4], c[5], c[6], FLOAT));
        }
        var d = convolution();
        JCudnn.cudnnSetConvolution2dDescriptor(d, 0, 0, 1, 1, 1, 1, 1, FLOAT);
        for (int groups : new int[] {1, 4}) {
            line("groups " + groups, JCudnn.cudnnSetConvolutionGroupCount(d, groups));
        }
        for (int math = 0; math <= 3; math++) {
            int[] back = {-1};
            int status = JCudnn.cudnnSetConvolutionMathType(d, math);
            JCudnn.cudnnGetConvolutionMathType(d, back);
            line("math type " + math, status + " " + back[0]);
        }
    }

    private void poolings() {
        for (int[] p : new int[][] {{3, 1, 2, 2, 0, 0, 2, 2}, {0, 0, 3, 3, 1, 1, 2, 2}, {1, 1, 3, 2, 1, 0, 1, 1},
            {2, 1, 2, 2, 1, 1, 2, 2}, {3, 1, 0, 2, 0, 0, 2, 2}, {3, 1, 2, 2, -1, 0, 2, 2}, {3, 1, 2, 2, 0, 0, 0, 2}}) {
            var d = new cudnnPoolingDescriptor();
            JCudnn.cudnnCreatePoolingDescriptor(d);
            line("pooling " + Arrays.toString(p),
                    JCudnn.cudnnSetPooling2dDescriptor(d, p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7]));
        }
    }

    private void activations() {
        for (int mode = 0; mode <= 3; mode++) {
            var d = new cudnnActivationDescriptor();
            JCudnn.cudnnCreateActivationDescriptor(d);
            line("activation " + mode, JCudnn.cudnnSetActivationDescriptor(d, mode, 1, 6));
        }
    }

    private static cudnnTensorDescriptor images(int[] extents) {
        var d = tensor();
        JCudnn.cudnnSetTensor4dDescriptor(d, NCHW, FLOAT, extents[0], extents[1], extents[2], extents[3]);
        return d;
    }

    private void convolvedExtents() {
        var random = new SplittableRandom(7);
        for (int i = 0; i < 40; i++) {
            int groups = random.nextInt(1, 4);
            int[] x = {random.nextInt(1, 4), groups * random.nextInt(1, 5), random.nextInt(9, 33),
                random.nextInt(9, 33)};
            int[] w = {groups * random.nextInt(1, 5), x[1] / groups, random.nextInt(1, 6), random.nextInt(1, 6)};
            int[] g = {random.nextInt(0, 3), random.nextInt(0, 3), random.nextInt(1, 4), random.nextInt(1, 4),
                random.nextInt(1, 3), random.nextInt(1, 3)};
            if (i % 10 == 9) {
                w[1]++;
            }
            line("conv x %s w %s pad, stride, dilation %s groups %d".formatted(Arrays.toString(x), Arrays.toString(w),
                    Arrays.toString(g), groups), convolved(x, w, g, groups));
        }
    }

    /// Status and extents of a convolution's result.
    ///
    /// @param g pad, stride and dilation, rows and columns each
    static String convolved(int[] x, int[] w, int[] g, int groups) {
        var d = convolution();
        JCudnn.cudnnSetConvolution2dDescriptor(d, g[0], g[1], g[2], g[3], g[4], g[5], 1, FLOAT);
        JCudnn.cudnnSetConvolutionGroupCount(d, groups);
        var filter = new cudnnFilterDescriptor();
        JCudnn.cudnnCreateFilterDescriptor(filter);
        JCudnn.cudnnSetFilter4dDescriptor(filter, FLOAT, NCHW, w[0], w[1], w[2], w[3]);
        int[][] y = new int[4][1];
        int status = JCudnn.cudnnGetConvolution2dForwardOutputDim(d, images(x), filter, y[0], y[1], y[2], y[3]);
        return extents(status, y);
    }

    private void pooledExtents() {
        var random = new SplittableRandom(8);
        for (int i = 0; i < 20; i++) {
            int[] x = {random.nextInt(1, 4), random.nextInt(1, 9), random.nextInt(5, 33), random.nextInt(5, 33)};
            int[] window = {random.nextInt(1, 5), random.nextInt(1, 5)};
            int[] g = {random.nextInt(0, window[0] / 2 + 1), random.nextInt(0, window[1] / 2 + 1),
                random.nextInt(1, 4), random.nextInt(1, 4)};
            line("pool x %s window %s pad, stride %s".formatted(Arrays.toString(x), Arrays.toString(window),
                    Arrays.toString(g)), pooled(x, window, g));
        }
    }

    /// Status and extents of a pooling's result.
    ///
    /// @param g pad and stride, rows and columns each
    static String pooled(int[] x, int[] window, int[] g) {
        var d = new cudnnPoolingDescriptor();
        JCudnn.cudnnCreatePoolingDescriptor(d);
        JCudnn.cudnnSetPooling2dDescriptor(d, 3, 1, window[0], window[1], g[0], g[1], g[2], g[3]);
        int[][] y = new int[4][1];
        return extents(JCudnn.cudnnGetPooling2dForwardOutputDim(d, images(x), y[0], y[1], y[2], y[3]), y);
    }

    private static String extents(int status, int[][] y) {
        return status == 0 ? "0 [%d, %d, %d, %d]".formatted(y[0][0], y[1][0], y[2][0], y[3][0])
                : Integer.toString(status);
    }
}
