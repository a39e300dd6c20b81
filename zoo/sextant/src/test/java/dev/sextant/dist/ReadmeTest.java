package dev.sextant.dist;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// Every Java example in a README compiles against the built jar, and those of nn and zoo run, one after the other. Its
/// imports stand at the top of the block; the modules `java.base` and `dev.sextant` are imported whole; `images`,
/// `labels` and `folder` are given.
class ReadmeTest {
    private static final Path ROOT = Path.of(System.getProperty("repository.root"));
    private static final Pattern BLOCK = Pattern.compile("```java\\R(.*?)```", Pattern.DOTALL);
    private static final Pattern IMPORT = Pattern.compile("(?m)^import .*;$");

    @TempDir
    static Path folder;

    private static List<Path> readmes() throws IOException {
        try (var files = Files.find(ROOT, 3, (p, a) -> p.getFileName().toString().equals("README.md")
                && !p.toString().contains("target"))) {
            return files.sorted().toList();
        }
    }

    private static List<String> blocks(Path readme) throws IOException {
        return BLOCK.matcher(Files.readString(readme)).results().map(r -> r.group(1)).toList();
    }

    @TestFactory
    Stream<DynamicTest> examplesCompile() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (Path readme : readmes()) {
            List<String> blocks = blocks(readme);
            for (int i = 0; i < blocks.size(); i++) {
                String name = ROOT.relativize(readme).toString().replaceAll("[/.]", "_") + "_" + (i + 1);
                String block = blocks.get(i);
                tests.add(DynamicTest.dynamicTest(name, () -> compile(name, block)));
            }
        }
        assertFalse(tests.isEmpty());
        return tests.stream();
    }

    private static Path compile(String name, String block) throws IOException {
        String imports = String.join("\n", IMPORT.matcher(block).results().map(MatchResult::group).toList());
        String source = "import module java.base;\nimport module dev.sextant;\n" + imports + "\npublic class " + name
                + " {\n    public static void run(NDArray images, NDArray labels, Path folder) throws Exception {\n"
                + IMPORT.matcher(block).replaceAll("") + "    }\n}\n";
        Path file = Files.writeString(folder.resolve(name + ".java"), source);
        var messages = new StringWriter();
        boolean right = ToolProvider.getSystemJavaCompiler().getTask(messages, null, null,
                List.of("--module-path", Jars.all().toString(), "--add-modules", "dev.sextant", "-d",
                        folder.resolve("classes").toString()),
                null, ToolProvider.getSystemJavaCompiler().getStandardFileManager(null, null, null)
                        .getJavaFileObjects(file))
                .call();
        assertTrue(right, messages + "\n" + source);
        return folder.resolve("classes");
    }

    @Test
    void theExamplesOfNnAndZooRun() throws Exception {
        for (String readme : List.of("nn/README.md", "zoo/README.md", "zoo/models/README.md")) {
            List<String> blocks = blocks(ROOT.resolve(readme));
            assertFalse(blocks.isEmpty(), readme);
            for (int i = 0; i < blocks.size(); i++) {
                String name = "Run_" + readme.replaceAll("[/.]", "_") + "_" + (i + 1);
                Path classes = compile(name, blocks.get(i));
                try (var loader = new URLClassLoader(new URL[] {classes.toUri().toURL()})) {
                    var run = Stream.of(loader.loadClass(name).getMethods()).filter(m -> m.getName().equals("run"))
                            .findFirst().orElseThrow();
                    run.invoke(null, null, null, folder);
                }
            }
        }
    }
}
