package dev.sextant.engine.op;

/// The attributes of one operation: what it computes, apart from the tensors. Sealed, so that a tool that switches
/// over the operations fails to compile when a new one is not handled; [CustomSpec] is the door for one's own.
public sealed interface OpSpec permits AdaptivePool2dSpec, BatchNormSpec, BinarySpec, Conv2dSpec, CrossEntropySpec,
        CumsumSpec, CustomSpec, DropoutSpec, ElementLossSpec, GatherSpec, GroupNormSpec, IndexSelectSpec, LayerNormSpec,
        LinearSpec, LocalResponseNormSpec, MatmulSpec, MoveSpec, OneHotSpec, OptimizerSpec, PadSpec, Pool2dSpec,
        ReduceSpec, ResizeSpec, SoftmaxSpec, UnarySpec {

    /// The operation's name in errors, traces and summaries, for example `conv2d`.
    String opName();
}
