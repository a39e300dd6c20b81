package dev.sextant.zoo;

import dev.sextant.engine.error.FormatException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// What can be set on a network beside its name, written as text: on the command line and in the metadata of model files.
///
/// | setting | for example | of |
/// |---|---|---|
/// | `classes`, `inputChannels`, `inputSize` | `10` | all networks |
/// | `growthRate` | `12` | the book's `densenet` |
/// | `blocks` | `4,4` | the book's `densenet`: layers of each dense block |
/// | `arch` | `1x16,2x32` | the book's `vgg11`: convolutions and channels of each block |
/// | `conv1Padding` | `0` | the book's `alexnet` |
/// | `pool` | `max` | the book's `lenet-bn` |
/// | `auxHeads`, `transformInput` | `true` | torchvision's `googlenet` |
public final class NetSettings {
    /// A file's metadata must not make anybody build a network without end.
    private static final int MOST_LAYERS = 256;
    private static final List<String> COMMON = List.of("classes", "inputChannels", "inputSize");

    private NetSettings() {
    }

    /// What can be set on a network.
    public static List<String> keys(String edition, String net) {
        List<String> own = switch (edition + " " + net) {
            case "book densenet" -> List.of("growthRate", "blocks");
            case "book vgg11" -> List.of("arch");
            case "book alexnet" -> List.of("conv1Padding");
            case "book lenet-bn" -> List.of("pool");
            case "torchvision googlenet" -> List.of("auxHeads", "transformInput");
            default -> List.of();
        };
        return Stream.concat(COMMON.stream(), own.stream()).toList();
    }

    /// A description for [Zoo#create] from settings as text; what is no setting stays as it is.
    ///
    /// @throws FormatException naming the setting whose value cannot be read
    public static Map<String, Object> parse(Map<String, String> settings) {
        Map<String, Object> builder = new LinkedHashMap<>();
        settings.forEach((key, value) -> builder.put(key, parse(key, value)));
        return builder;
    }

    private static Object parse(String key, String value) {
        return switch (key) {
            case "classes", "inputChannels", "inputSize", "growthRate" ->
                number(key, value, value, 1, Integer.MAX_VALUE);
            case "conv1Padding" -> number(key, value, value, 0, Integer.MAX_VALUE);
            case "blocks" ->
                Arrays.stream(parts(key, value)).map(n -> number(key, value, n, 1, MOST_LAYERS)).toList();
            case "arch" -> Arrays.stream(parts(key, value)).map(pair -> {
                String[] two = pair.split("x", 2);
                return List.of(number(key, value, two[0], 1, MOST_LAYERS),
                        number(key, value, two.length < 2 ? "" : two[1], 1, Integer.MAX_VALUE));
            }).toList();
            case "auxHeads", "transformInput" -> oneOf(key, value, "true", "false").equals("true");
            case "pool" -> oneOf(key, value, "avg", "max");
            default -> value;
        };
    }

    private static String[] parts(String key, String value) {
        String[] parts = value.split(",", -1);
        if (parts.length > MOST_LAYERS) {
            throw new FormatException("zoo: %s has %d entries; at most %d are allowed", key, parts.length, MOST_LAYERS);
        }
        return parts;
    }

    private static int number(String key, String all, String value, int least, int most) {
        try {
            int n = Integer.parseInt(value.strip());
            if (n >= least && n <= most) {
                return n;
            }
        } catch (NumberFormatException e) {
            // Said below, with the value.
        }
        throw new FormatException("zoo: %s = \"%s\" cannot be read; it must be %s, each number at least %d%s", key, all,
                switch (key) {
                    case "blocks" -> "whole numbers with commas, such as 4,4,4,4";
                    case "arch" -> "pairs of convolutions and channels, such as 1x64,2x128";
                    default -> "a whole number";
                }, least, most == Integer.MAX_VALUE ? "" : " and layers at most " + most);
    }

    private static String oneOf(String key, String value, String first, String second) {
        if (value.equals(first) || value.equals(second)) {
            return value;
        }
        throw new FormatException("zoo: %s = \"%s\" cannot be read; it must be %s or %s", key, value, first, second);
    }
}
