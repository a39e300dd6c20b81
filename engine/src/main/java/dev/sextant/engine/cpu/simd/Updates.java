package dev.sextant.engine.cpu.simd;

import dev.sextant.engine.op.OptimizerSpec;

/// The update rules over a run of `n` elements, element `i` being at `p[po + i]`, `g[go + i]` and
/// `s[j][so[j] + from + i]`. Plain SGD without decay, the rule of most lessons, goes through [Loops].
final class Updates {
    private Updates() {
    }

    static void run(OptimizerSpec spec, long step, float[] p, int po, float[] g, int go, float[][] s, int[] so,
            int from, int n) {
        switch (spec) {
            case OptimizerSpec.Sgd o -> sgd(o, step, p, po, g, go, s, so, from, n);
            case OptimizerSpec.Adam o -> adam(o, step, p, po, g, go, s, so, from, n);
            case OptimizerSpec.RmsProp o -> rmsProp(o, p, po, g, go, s, so, from, n);
            case OptimizerSpec.Adagrad o -> adagrad(o, step, p, po, g, go, s, so, from, n);
            case OptimizerSpec.Adadelta o -> adadelta(o, p, po, g, go, s, so, from, n);
        }
    }

    private static void sgd(OptimizerSpec.Sgd o, long step, float[] p, int po, float[] g, int go, float[][] s,
            int[] so, int from, int n) {
        float lr = (float) o.lr();
        float decay = (float) o.weightDecay();
        if (o.momentum() == 0 && decay == 0) {
            Loops.combine(-lr, 1f, 0f, g, go, p, po, p, po, n);
            return;
        }
        float momentum = (float) o.momentum();
        float fresh = (float) (1 - o.dampening());
        for (int i = 0; i < n; i++) {
            float d = Math.fma(decay, p[po + i], g[go + i]);
            if (momentum != 0) {
                int at = so[0] + from + i;
                float v = step == 1 ? d : Math.fma(momentum, s[0][at], fresh * d);
                s[0][at] = v;
                d = o.nesterov() ? Math.fma(momentum, v, d) : v;
            }
            p[po + i] = Math.fma(-lr, d, p[po + i]);
        }
    }

    private static void adam(OptimizerSpec.Adam o, long step, float[] p, int po, float[] g, int go, float[][] s,
            int[] so, int from, int n) {
        float beta1 = (float) o.beta1();
        float beta2 = (float) o.beta2();
        float fresh1 = (float) (1 - o.beta1());
        float fresh2 = (float) (1 - o.beta2());
        float keep = o.decoupled() ? (float) (1 - o.lr() * o.weightDecay()) : 1;
        float decay = o.decoupled() ? 0 : (float) o.weightDecay();
        float rate = (float) (o.lr() / (1 - Math.pow(o.beta1(), step)));
        float correction = (float) (1 / Math.sqrt(1 - Math.pow(o.beta2(), step)));
        float eps = (float) o.eps();
        for (int i = 0; i < n; i++) {
            float value = p[po + i] * keep;
            float d = Math.fma(decay, value, g[go + i]);
            int m = so[0] + from + i;
            int v = so[1] + from + i;
            s[0][m] = Math.fma(beta1, s[0][m], fresh1 * d);
            s[1][v] = Math.fma(beta2, s[1][v], fresh2 * d * d);
            float second = s[1][v];
            if (o.amsgrad()) {
                int most = so[2] + from + i;
                second = Math.max(second, s[2][most]);
                s[2][most] = second;
            }
            p[po + i] = value - rate * s[0][m] / Math.fma((float) Math.sqrt(second), correction, eps);
        }
    }

    private static void rmsProp(OptimizerSpec.RmsProp o, float[] p, int po, float[] g, int go, float[][] s, int[] so,
            int from, int n) {
        float lr = (float) o.lr();
        float alpha = (float) o.alpha();
        float fresh = (float) (1 - o.alpha());
        float eps = (float) o.eps();
        float decay = (float) o.weightDecay();
        int last = s.length - 1;
        for (int i = 0; i < n; i++) {
            float d = Math.fma(decay, p[po + i], g[go + i]);
            int at = so[0] + from + i;
            s[0][at] = Math.fma(alpha, s[0][at], fresh * d * d);
            float variance = s[0][at];
            if (o.centered()) {
                int mean = so[last] + from + i;
                s[last][mean] = Math.fma(alpha, s[last][mean], fresh * d);
                variance = Math.fma(-s[last][mean], s[last][mean], variance);
            }
            float direction = d / ((float) Math.sqrt(variance) + eps);
            if (o.momentum() != 0) {
                int buffer = so[1] + from + i;
                direction = Math.fma((float) o.momentum(), s[1][buffer], direction);
                s[1][buffer] = direction;
            }
            p[po + i] = Math.fma(-lr, direction, p[po + i]);
        }
    }

    private static void adagrad(OptimizerSpec.Adagrad o, long step, float[] p, int po, float[] g, int go, float[][] s,
            int[] so, int from, int n) {
        float rate = (float) (o.lr() / (1 + (step - 1) * o.lrDecay()));
        float decay = (float) o.weightDecay();
        float eps = (float) o.eps();
        for (int i = 0; i < n; i++) {
            float d = Math.fma(decay, p[po + i], g[go + i]);
            int at = so[0] + from + i;
            s[0][at] = Math.fma(d, d, s[0][at]);
            p[po + i] -= rate * d / ((float) Math.sqrt(s[0][at]) + eps);
        }
    }

    private static void adadelta(OptimizerSpec.Adadelta o, float[] p, int po, float[] g, int go, float[][] s, int[] so,
            int from, int n) {
        float lr = (float) o.lr();
        float rho = (float) o.rho();
        float fresh = (float) (1 - o.rho());
        float eps = (float) o.eps();
        float decay = (float) o.weightDecay();
        for (int i = 0; i < n; i++) {
            float d = Math.fma(decay, p[po + i], g[go + i]);
            int square = so[0] + from + i;
            int delta = so[1] + from + i;
            s[0][square] = Math.fma(rho, s[0][square], fresh * d * d);
            float move = (float) (Math.sqrt(s[1][delta] + eps) / Math.sqrt(s[0][square] + eps)) * d;
            s[1][delta] = Math.fma(rho, s[1][delta], fresh * move * move);
            p[po + i] = Math.fma(-lr, move, p[po + i]);
        }
    }
}
