/// Images on their way to the network: data sets of bytes ([Dataset], [ImageDataset]), the IDX format ([Idx]), Pillow's
/// resize ([PillowResize]), and batches as arrays ([BatchLoader]).
///
/// Pixels are unsigned bytes, row-major `[C, H, W]`, until the loader divides them by 255; a batch is float32
/// `[N, C, H, W]` with int32 labels `[N]`.
package dev.sextant.nn.data;
