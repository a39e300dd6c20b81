package dev.sextant.zoo;

import dev.sextant.engine.Device;
import dev.sextant.engine.Shape;
import dev.sextant.nn.Layer;
import dev.sextant.nn.init.InitPolicy;
import dev.sextant.nn.train.Task;

/// A network ready to be initialised: its layers, the images it takes, and how it is usually trained.
///
/// @param name    as on the command line, for example `lenet`
/// @param edition `book`, `torchvision` or `paper`
/// @param variant which variation of it, for example `book`
/// @param input   shape of one image, `[C, H, W]`
/// @param classes number of outputs
/// @param init    how its parameters are filled
/// @param hyper   its usual settings
public record Network(String name, String edition, String variant, Layer model, Shape input, int classes,
        InitPolicy init, Hyper hyper) {

    /// Shape of a batch of images.
    public Shape inputShape(int batch) {
        return Shape.of(batch, input.dim(0), input.dim(1), input.dim(2));
    }

    /// What its outputs mean: points on a line for linear regression, else scores of classes.
    public Task task() {
        return name.equals(LinearRegression.NAME) ? Task.REGRESSION : Task.CLASSIFICATION;
    }

    /// Gives the model its parameters; returns it.
    public Layer initialize(Device device, long seed) {
        model.initialize(inputShape(1), device, seed, init);
        return model;
    }
}
