package dev.sextant.engine.spi;

/// Found with `ServiceLoader`: offers a backend by name, or says why it cannot.
public interface BackendProvider {

    /// Name for `--backend` and `Device.of`, for example `cuda`.
    String name();

    /// Looks whether the backend can run here. Never throws: what is missing becomes the reason.
    Probe probe();

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
