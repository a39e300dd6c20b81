package dev.sextant.cli;

import dev.sextant.zoo.Network;
import dev.sextant.zoo.Zoo;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;

/// `sextant nets`: the networks, with the settings they are trained with by default.
@Command(name = "nets", mixinStandardHelpOptions = true, description = "Lists the networks and their usual settings.")
final class NetsCommand implements Runnable {
    private final Console console;

    NetsCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        String format = "%-15s %-11s %-13s %6s %6s %7s  %s%n";
        var out = console.out();
        out.print(String.format(Locale.ROOT, format, "network", "edition", "input", "batch", "lr", "epochs",
                "variants"));
        for (String edition : Zoo.editions()) {
            for (String name : Zoo.names(edition)) {
                Network n = Zoo.create(Map.of("net", name, "edition", edition));
                List<String> variants = Zoo.variants(edition, name);
                out.print(String.format(Locale.ROOT, format, name, edition, n.input(), n.hyper().batch(),
                        n.hyper().lr(), n.hyper().epochs(), String.join(" ", variants.subList(1, variants.size()))));
            }
        }
        out.flush();
    }
}
