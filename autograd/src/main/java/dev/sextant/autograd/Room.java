package dev.sextant.autograd;

import dev.sextant.engine.Layout;
import dev.sextant.engine.NDArray;
import dev.sextant.engine.op.MoveSpec;
import java.util.List;

/// Room for arrays that are to be joined along the channels. Whoever computes one can put it at its place, so that
/// joining has nothing to copy; and what is joined can be joined with more behind it, again without copies, as in a
/// dense block.
///
/// There is room where channels come in blocks and every part fills whole ones. Elsewhere there are no places, and
/// joining copies.
public final class Room {
    private static final MoveSpec CONCAT = new MoveSpec("concat");
    private static final int CHANNELS = 1;

    private final NDArray x;
    private final int channels;
    private NDArray array;
    private int taken;

    private Room(NDArray x, int channels, int taken) {
        this.x = x;
        this.channels = channels;
        this.taken = taken;
    }

    /// Room for results that have the images, rows and columns of `x`.
    ///
    /// @param channels of all parts together
    public static Room over(Var x, int channels) {
        return new Room(x.value(), channels, 0);
    }

    /// Room for `x` and what will be joined behind it.
    ///
    /// @param channels of what is to come
    public static Room behind(Var x, int channels) {
        int own = x.shape().dim(CHANNELS);
        return new Room(x.value(), own + channels, own);
    }

    /// The place of the next part, for whoever computes it; null if there is none.
    public NDArray next(int channelsOfPart) {
        int start = taken;
        taken += channelsOfPart;
        if (!(x.layout() instanceof Layout.Blocked b) || start % b.lanes() != 0 || channelsOfPart % b.lanes() != 0
                || taken > channels) {
            return null;
        }
        if (array == null) {
            array = Op.result(CONCAT, x.shape().with(CHANNELS, channels), x);
        }
        return array.narrow(CHANNELS, start, channelsOfPart);
    }

    /// The parts one after the other along the channels, from the room's start on.
    public Var join(Var... parts) {
        return Shaping.concat(CONCAT, CHANNELS, List.of(parts), this);
    }

    /// The first channels of the room, for an array that is joined of so many; null if they have no place.
    NDArray upTo(int channelsOfAll) {
        boolean fits = array != null && channelsOfAll <= channels && array.hasView(CHANNELS, 0, channelsOfAll);
        return fits ? array.narrow(CHANNELS, 0, channelsOfAll) : null;
    }
}
