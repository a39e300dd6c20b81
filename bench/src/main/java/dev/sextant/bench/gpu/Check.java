package dev.sextant.bench.gpu;

import dev.sextant.engine.error.SextantException;
import java.util.LinkedHashMap;
import java.util.Map;

/// One thing to look at.
///
/// @param section heading under which it is reported
/// @param device  what computes: `own` kernels or `cudnn`
/// @param name    what is looked at
record Check(String section, String device, String name, Body body) {
    /// Does the looking.
    interface Body {
        /// @throws Skip      if it does not apply here, with the reason
        /// @throws Throwable if it fails, with a message that says how
        Measured run() throws Throwable;
    }

    /// What a check that passed has to say.
    ///
    /// @param error   the largest difference from the expected, in the unit of `allowed`
    /// @param numbers further numbers by name, all finite
    /// @param series  numbers by step
    record Measured(double error, double allowed, String remark, Map<String, Double> numbers,
            Map<String, double[]> series) {
        /// A comparison alone.
        static Measured of(double error, double allowed, String remark) {
            return new Measured(error, allowed, remark, new LinkedHashMap<>(), new LinkedHashMap<>());
        }
    }

    /// It does not apply here.
    static final class Skip extends SextantException {
        private static final long serialVersionUID = 1L;

        Skip(String reason) {
            super("%s", reason);
        }
    }

    /// It failed, but some of it was measured.
    static final class Failure extends SextantException {
        private static final long serialVersionUID = 1L;

        private final transient Measured measured;

        Failure(Measured measured, String message) {
            super("%s", message);
            this.measured = measured;
        }

        Measured measured() {
            return measured;
        }
    }

    /// Runs it; whatever is thrown becomes part of the finding.
    Finding run() {
        long start = System.nanoTime();
        Finding.Outcome outcome;
        Measured measured = null;
        String message = null;
        try {
            measured = body.run();
            outcome = Finding.Outcome.PASSED;
            message = measured.remark();
        } catch (Skip e) {
            outcome = Finding.Outcome.SKIPPED;
            message = e.getMessage();
        } catch (Failure e) {
            outcome = Finding.Outcome.FAILED;
            measured = e.measured();
            message = e.getMessage();
        } catch (VirtualMachineError e) {
            outcome = Finding.Outcome.FAILED;
            message = e.toString();
        } catch (Throwable e) {
            outcome = Finding.Outcome.FAILED;
            message = e instanceof SextantException || e instanceof AssertionError ? e.getMessage() : e.toString();
        }
        return Finding.of(this, outcome, measured, message, (System.nanoTime() - start) / 1e9);
    }
}
