package dev.sextant.kernels.sim;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.parallel.ResourceLock;

/// A test that runs kernels on the simulator. Without g++ it is skipped by name; where CI=true it fails instead.
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ResourceLock("simulator")
@ExtendWith(OnSimulator.Condition.class)
public @interface OnSimulator {

    /// Asks for g++.
    final class Condition implements ExecutionCondition {
        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            if (Simulator.canBuild()) {
                return ConditionEvaluationResult.enabled("g++ is there");
            }
            if ("true".equals(System.getenv("CI"))) {
                throw new AssertionError(context.getDisplayName() + " needs g++, which CI must have");
            }
            return ConditionEvaluationResult.disabled(context.getDisplayName() + " needs g++ to build the simulator");
        }
    }
}
