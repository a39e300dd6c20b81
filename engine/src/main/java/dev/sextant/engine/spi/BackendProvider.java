package dev.sextant.engine.spi;

import java.util.List;
import java.util.Map;

/// Found with `ServiceLoader`: offers a backend by name, or says why it cannot.
public interface BackendProvider {

    /// Name for `--backend` and `Device.of`, for example `cuda`.
    String name();

    /// Looks whether the backend can run here. Never throws: what is missing becomes the reason.
    Probe probe();

    /// As [#probe], for a backend with settings of its own. Never throws: a setting that does not exist is a reason too.
    default Probe probe(Map<String, String> settings) {
        return settings.isEmpty() ? probe() : new Probe.Unavailable("it takes no settings, but was given " + settings);
    }

    /// What the backend needs, one link after the other, for `doctor`. Never throws.
    default List<Link> links() {
        return List.of();
    }

    /// One link of the chain from the hardware to a working backend.
    ///
    /// @param found  what is there, or null
    /// @param wanted what should be
    /// @param fix    what to do if it is missing
    record Link(String name, String found, String wanted, String fix) {
        /// Whether it is in place.
        public boolean ok() {
            return found != null;
        }

        /// What was found; or what is missing, what is wanted and the fix.
        public String describe() {
            return ok() ? found : "missing; wanted: " + wanted + ". " + fix;
        }
    }

    /// The answer of [#probe].
    sealed interface Probe {
        /// The backend, ready to use.
        record Available(Backend backend) implements Probe {
        }

        /// Why it cannot be used, in one line that names the remedy.
        record Unavailable(String reason) implements Probe {
        }
    }
}
