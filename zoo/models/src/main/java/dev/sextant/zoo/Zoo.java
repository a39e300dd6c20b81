package dev.sextant.zoo;

import dev.sextant.engine.Shape;
import dev.sextant.engine.error.SextantException;
import dev.sextant.nn.init.InitPolicy;
import dev.sextant.zoo.paper.Paper;
import dev.sextant.zoo.torchvision.Torchvision;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The one door to every network: by name with its usual settings, or by a description as the reference data has it.
public final class Zoo {
    private static final String BOOK = "book";
    private static final String TORCHVISION = "torchvision";
    private static final String PAPER = "paper";
    private static final String AUX_HEADS = "aux-heads";

    private Zoo() {
    }

    /// The editions: whose settings a network has.
    public static List<String> editions() {
        return List.of(BOOK, TORCHVISION, PAPER);
    }

    /// Names of the networks of the book edition, smallest first.
    public static List<String> names() {
        return Book.names();
    }

    /// Names of the networks of an edition.
    ///
    /// @throws SextantException if there is no such edition
    public static List<String> names(String edition) {
        return switch (edition) {
            case BOOK -> Book.names();
            case TORCHVISION -> Torchvision.names();
            case PAPER -> Paper.names();
            default -> throw new SextantException("zoo: there is no edition '%s'; the editions are %s", edition,
                    editions());
        };
    }

    /// A network of the book edition, for Fashion-MNIST: 1 channel, 10 classes, the book's image size.
    ///
    /// @param variant `book` for the usual one; see [#variants]
    public static Network book(String name, String variant) {
        Map<String, Object> builder = new LinkedHashMap<>();
        builder.put("net", name);
        builder.put("edition", BOOK);
        builder.put("variant", variant);
        return create(builder);
    }

    /// A network of torchvision's edition, for ImageNet: 3×224×224, 1000 classes.
    public static Network torchvision(String name) {
        return create(Map.of("net", name, "edition", TORCHVISION));
    }

    /// A network as its paper has it, for ImageNet: 3×224×224 (AlexNet: 227×227), 1000 classes.
    public static Network paper(String name) {
        return create(Map.of("net", name, "edition", PAPER));
    }

    /// The variants of a network of the book edition, the usual one first.
    public static List<String> variants(String name) {
        return variants(BOOK, name);
    }

    /// The variants of a network, the usual one, named like the edition, first.
    public static List<String> variants(String edition, String name) {
        return switch (edition) {
            case BOOK -> Book.variants(name);
            case TORCHVISION -> name.equals("googlenet") ? List.of(TORCHVISION, AUX_HEADS) : List.of(TORCHVISION);
            default -> List.of(edition);
        };
    }

    /// A network from a description: `net`, and optionally `edition`, `inputChannels`, `inputSize`, `classes`,
    /// `variant`; in the book edition `pool` (`avg`, `max`), `conv1Padding`, `arch` (a list of pairs), `growthRate`,
    /// `blocks`; in torchvision's `auxHeads`, `transformInput`.
    ///
    /// @throws SextantException if there is no such network, edition or variant
    public static Network create(Map<String, ?> builder) {
        String name = text(builder, "net", "");
        String edition = text(builder, "edition", BOOK);
        String variant = text(builder, "variant", edition);
        boolean described = edition.equals(BOOK) && name.equals("vgg");
        if (!described && !names(edition).contains(name)) {
            List<String> elsewhere = editions().stream().filter(e -> names(e).contains(name)).toList();
            throw new SextantException("zoo: there is no network '%s' in edition '%s'; %s", name, edition,
                    elsewhere.isEmpty() ? "its networks are " + names(edition) : "it is in " + elsewhere);
        }
        if (!variants(edition, name).contains(variant)) {
            throw new SextantException("zoo: %s has no variant '%s'; it has %s", name, variant,
                    variants(edition, name));
        }
        return switch (edition) {
            case BOOK -> book(name, variant, builder);
            case TORCHVISION -> torchvision(name, variant, builder);
            default -> paper(name, builder);
        };
    }

    private static Network book(String name, String variant, Map<String, ?> builder) {
        Book.Preset preset = Book.preset(name);
        boolean regression = name.equals(LinearRegression.NAME);
        int classes = number(builder, "classes", regression ? 1 : 10);
        return new Network(name, BOOK, variant, Book.layers(name, variant, classes, builder),
                image(builder, regression ? 2 : 1, preset.size()), classes, InitPolicy.XAVIER, preset.hyper());
    }

    private static Network torchvision(String name, String variant, Map<String, ?> builder) {
        int classes = number(builder, "classes", 1000);
        Shape image = image(builder, 3, 224);
        if (image.dim(1) < Torchvision.smallestSide(name)) {
            throw new SextantException("zoo: %s needs images of at least %d×%d, but inputSize is %d", name,
                    Torchvision.smallestSide(name), Torchvision.smallestSide(name), image.dim(1));
        }
        boolean aux = flag(builder, "auxHeads", variant.equals(AUX_HEADS));
        var entry = Torchvision.create(name, aux, flag(builder, "transformInput", false), classes);
        return new Network(name, TORCHVISION, aux ? AUX_HEADS : variant, entry.model(), image, classes, entry.init(),
                entry.hyper());
    }

    private static Network paper(String name, Map<String, ?> builder) {
        int classes = number(builder, "classes", 1000);
        var entry = Paper.create(name, classes);
        return new Network(name, PAPER, PAPER, entry.model(), image(builder, 3, entry.size()), classes, entry.init(),
                entry.hyper());
    }

    private static Shape image(Map<String, ?> builder, int channels, int size) {
        int side = number(builder, "inputSize", size);
        return Shape.of(number(builder, "inputChannels", channels), side, side);
    }

    static String text(Map<String, ?> builder, String key, String otherwise) {
        return builder.get(key) instanceof String s ? s : otherwise;
    }

    static int number(Map<String, ?> builder, String key, int otherwise) {
        return builder.get(key) instanceof Number n ? n.intValue() : otherwise;
    }

    private static boolean flag(Map<String, ?> builder, String key, boolean otherwise) {
        return builder.get(key) instanceof Boolean b ? b : otherwise;
    }
}
