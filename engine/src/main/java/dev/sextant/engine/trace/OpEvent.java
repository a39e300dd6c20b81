package dev.sextant.engine.trace;

import dev.sextant.engine.op.OpSpec;

/// One kernel call.
///
/// @param kernel    the kernel's name, for example `conv2dBackwardData`
/// @param spec      its spec, or null where the kernel has none
/// @param shapes    the shapes of its arrays, in order of its parameters
/// @param algorithm what the backend chose for it
/// @param device    where it ran
/// @param nanos     how long the call took, the device synchronised
public record OpEvent(String kernel, OpSpec spec, String shapes, String algorithm, String device, long nanos) {
}
