package dev.sextant.zoo;

import static dev.sextant.nn.Layers.conv;
import static dev.sextant.nn.Layers.dropout;
import static dev.sextant.nn.Layers.flatten;
import static dev.sextant.nn.Layers.linear;
import static dev.sextant.nn.Layers.maxPool;
import static dev.sextant.nn.Layers.relu;
import static dev.sextant.nn.Layers.sequence;

import dev.sextant.nn.Sequential;
import java.util.List;

/// VGG (Simonyan, Zisserman, 2014) as the book writes it: blocks of 3×3 convolutions, each ended by a 2×2 max pool,
/// then three linear layers.
public final class Vgg {
    /// One block: how many convolutions, with how many channels.
    public record Block(int convs, int channels) {
    }

    /// VGG-11: 128,806,154 parameters on 1×224×224 with 10 classes.
    public static final List<Block> VGG11 = List.of(new Block(1, 64), new Block(1, 128), new Block(2, 256),
            new Block(2, 512), new Block(2, 512));

    private Vgg() {
    }

    /// The same architecture with every channel count divided.
    public static List<Block> divided(List<Block> arch, int by) {
        return arch.stream().map(b -> new Block(b.convs, b.channels / by)).toList();
    }

    /// A network of these blocks.
    public static Sequential book(List<Block> arch, int classes) {
        Sequential net = sequence();
        arch.forEach(b -> net.add(block(b)));
        return net.add(flatten())
                .add(linear(4096)).add(relu()).add(dropout(0.5))
                .add(linear(4096)).add(relu()).add(dropout(0.5))
                .add(linear(classes));
    }

    private static Sequential block(Block b) {
        Sequential block = sequence();
        for (int i = 0; i < b.convs; i++) {
            block.add(conv(b.channels, 3).pad(1)).add(relu());
        }
        return block.add(maxPool(2));
    }
}
