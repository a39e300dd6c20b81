/// Contracts: what every backend must do, as interfaces with default tests. A backend runs one by naming its device:
///
/// ```java
/// class SimdConvTest implements ConvContract {
///     @Override public Device device() { return Device.standard(); }
/// }
/// ```
///
/// Expected values come from the oracle `ref` on dense copies of the same numbers. Results and gradients to be set are
/// filled with NaN first, so that an element that is not written, or read before it is written, shows.
package dev.sextant.contract;
