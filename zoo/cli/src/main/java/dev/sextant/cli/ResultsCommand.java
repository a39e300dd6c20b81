package dev.sextant.cli;

import dev.sextant.cli.reproduce.Reproduction;
import dev.sextant.cli.reproduce.ResultsPage;
import dev.sextant.cli.run.RunFolder;
import dev.sextant.engine.error.SextantException;
import dev.sextant.nn.io.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `sextant results RUN...`: the page of results, with its curves, from the folders that `reproduce` left.
@Command(name = "results", mixinStandardHelpOptions = true, sortOptions = false, description = "Writes RESULTS.md and its curves from the run folders that 'reproduce' left.")
final class ResultsCommand implements Callable<Integer> {
    private static final String PICTURES = "results";

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "1..*", paramLabel = "RUN", description = "Run folders.")
    private List<Path> runs;

    @Option(names = "--to", paramLabel = "DIR", defaultValue = ".", description = "Where RESULTS.md and the folder 'results' go (default: here).")
    private Path to;

    private final Console console;

    ResultsCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        List<Reproduction> read = new ArrayList<>();
        for (Path run : runs) {
            if (!RunFolder.isRun(run)) {
                throw new Wrong(spec, run + " holds no run: it has no run.json");
            }
            Reproduction reproduction = Reproduction.read(run);
            if (read.stream().anyMatch(r -> Reproduction.name(r.settings())
                    .equals(Reproduction.name(reproduction.settings())))) {
                throw new Wrong(spec, run + " is a second run of " + Reproduction.name(reproduction.settings()));
            }
            read.add(reproduction);
        }
        try {
            Files.createDirectories(to.resolve(PICTURES));
            for (Reproduction run : read) {
                run.draw(to.resolve(PICTURES).resolve(Reproduction.name(run.settings()) + ".svg"));
            }
            AtomicFile.write(to.resolve("RESULTS.md"), ResultsPage.markdown(read, PICTURES));
        } catch (IOException e) {
            throw new SextantException(e, "cannot write to %s: %s", to, e);
        }
        console.out().println(to.resolve("RESULTS.md"));
        return ExitCode.OK;
    }
}
