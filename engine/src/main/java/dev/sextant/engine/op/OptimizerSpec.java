package dev.sextant.engine.op;

import java.util.List;

/// One optimizer's update rule with its hyper-parameters, in PyTorch's conventions. `g` is the gradient, `p` the
/// parameter; weight decay is added to the gradient (`g + λ·p`) except where it is decoupled.
public sealed interface OptimizerSpec extends OpSpec {

    /// The learning rate.
    double lr();

    /// This rule with another learning rate.
    OptimizerSpec withLr(double lr);

    /// This rule with another weight decay.
    OptimizerSpec withWeightDecay(double decay);

    /// Names of the state arrays, in the order the kernel takes them.
    List<String> stateNames();

    /// Stochastic gradient descent with optional momentum:
    /// `v = momentum·v + (1 − dampening)·g` (`v = g` at the first step), `p −= lr·v`
    /// (Nesterov: `p −= lr·(g + momentum·v)`).
    record Sgd(double lr, double momentum, double dampening, double weightDecay, boolean nesterov)
            implements OptimizerSpec {
        @Override
        public OptimizerSpec withLr(double rate) {
            return new Sgd(rate, momentum, dampening, weightDecay, nesterov);
        }

        @Override
        public OptimizerSpec withWeightDecay(double decay) {
            return new Sgd(lr, momentum, dampening, decay, nesterov);
        }

        @Override
        public List<String> stateNames() {
            return momentum == 0 ? List.of() : List.of("momentum_buffer");
        }

        @Override
        public String opName() {
            return "sgd";
        }
    }

    /// Adam (Kingma &amp; Ba, 2014), AMSGrad on request; `decoupled` makes it AdamW (Loshchilov &amp; Hutter, 2017).
    record Adam(double lr, double beta1, double beta2, double eps, double weightDecay, boolean amsgrad,
            boolean decoupled) implements OptimizerSpec {
        @Override
        public OptimizerSpec withLr(double rate) {
            return new Adam(rate, beta1, beta2, eps, weightDecay, amsgrad, decoupled);
        }

        @Override
        public OptimizerSpec withWeightDecay(double decay) {
            return new Adam(lr, beta1, beta2, eps, decay, amsgrad, decoupled);
        }

        @Override
        public List<String> stateNames() {
            return amsgrad ? List.of("exp_avg", "exp_avg_sq", "max_exp_avg_sq") : List.of("exp_avg", "exp_avg_sq");
        }

        @Override
        public String opName() {
            return decoupled ? "adamw" : "adam";
        }
    }

    /// RMSprop (Hinton, 2012), optionally centred and with momentum.
    record RmsProp(double lr, double alpha, double eps, double weightDecay, double momentum, boolean centered)
            implements OptimizerSpec {
        @Override
        public OptimizerSpec withLr(double rate) {
            return new RmsProp(rate, alpha, eps, weightDecay, momentum, centered);
        }

        @Override
        public OptimizerSpec withWeightDecay(double decay) {
            return new RmsProp(lr, alpha, eps, decay, momentum, centered);
        }

        @Override
        public List<String> stateNames() {
            var names = new java.util.ArrayList<>(List.of("square_avg"));
            if (momentum != 0) {
                names.add("momentum_buffer");
            }
            if (centered) {
                names.add("grad_avg");
            }
            return List.copyOf(names);
        }

        @Override
        public String opName() {
            return "rmsprop";
        }
    }

    /// Adagrad (Duchi et al., 2011): `sum += g²`, `p −= lr/(1 + (step − 1)·lrDecay)·g/(√sum + eps)`.
    record Adagrad(double lr, double lrDecay, double weightDecay, double eps) implements OptimizerSpec {
        @Override
        public OptimizerSpec withLr(double rate) {
            return new Adagrad(rate, lrDecay, weightDecay, eps);
        }

        @Override
        public OptimizerSpec withWeightDecay(double decay) {
            return new Adagrad(lr, lrDecay, decay, eps);
        }

        @Override
        public List<String> stateNames() {
            return List.of("sum");
        }

        @Override
        public String opName() {
            return "adagrad";
        }
    }

    /// Adadelta (Zeiler, 2012).
    record Adadelta(double lr, double rho, double eps, double weightDecay) implements OptimizerSpec {
        @Override
        public OptimizerSpec withLr(double rate) {
            return new Adadelta(rate, rho, eps, weightDecay);
        }

        @Override
        public OptimizerSpec withWeightDecay(double decay) {
            return new Adadelta(lr, rho, eps, decay);
        }

        @Override
        public List<String> stateNames() {
            return List.of("square_avg", "acc_delta");
        }

        @Override
        public String opName() {
            return "adadelta";
        }
    }
}
