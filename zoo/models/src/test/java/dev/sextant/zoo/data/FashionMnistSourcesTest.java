package dev.sextant.zoo.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sextant.engine.error.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Where the data set is looked for, in what order, and what happens when a place fails: on a machine made of
/// temporary folders.
class FashionMnistSourcesTest {
    @TempDir
    Path root;

    private FakeFashion fake;
    private final List<List<String>> commands = new ArrayList<>();

    @BeforeEach
    void makeMachine() {
        fake = new FakeFashion(root);
    }

    /// An apt that delivers if `delivers` says so for the command, and a dpkg-deb that unpacks what it delivered.
    private void apt(Predicate<List<String>> delivers) {
        fake.commands = (folder, limit, command) -> {
            commands.add(command);
            if (command.getFirst().equals("dpkg-deb")) {
                assertTrue(Files.exists(Path.of(command.get(2))), "no package to unpack");
                fake.writeTo(Path.of(command.get(3)).resolve("usr/share/datasets/fashion-mnist"));
                return new CommandRunner.Outcome(0, "");
            }
            if (!delivers.test(command)) {
                return new CommandRunner.Outcome(100, "E: Unable to locate package");
            }
            if (command.contains("download")) {
                Files.writeString(folder.resolve("dataset-fashion-mnist_0_all.deb"), "package");
            }
            return new CommandRunner.Outcome(0, "");
        };
    }

    @Test
    void theNamedFolderComesFirst() {
        Path named = fake.writeTo(root.resolve("named"));
        fake.writeTo(fake.packageFolder());
        fake.variables = Map.of("SEXTANT_DATA", fake.writeTo(root.resolve("variable")).toString());
        assertEquals(named.toString(), fake.load(Optional.of(named)).origin());
    }

    @Test
    void theVariableComesBeforeThePackage() {
        Path variable = fake.writeTo(root.resolve("variable"));
        fake.writeTo(fake.packageFolder());
        fake.variables = Map.of("SEXTANT_DATA", variable.toString());
        assertEquals(variable.toString(), fake.load().origin());
    }

    @Test
    void thePackageComesBeforeTheCache() {
        fake.writeTo(fake.packageFolder());
        fake.writeTo(fake.cacheFolder());
        assertTrue(fake.load().origin().contains(fake.packageFolder().toString()));
    }

    @Test
    void theCacheComesBeforeApt() {
        apt(command -> true);
        fake.writeTo(fake.cacheFolder());
        assertTrue(fake.load().origin().contains(fake.cacheFolder().toString()));
        assertEquals(List.of(), commands);
    }

    @Test
    void theCacheIsBelowXdgCacheHomeIfThatIsAbsolute() {
        Path elsewhere = root.resolve("elsewhere");
        fake.variables = Map.of("HOME", root.resolve("home").toString(), "XDG_CACHE_HOME", elsewhere.toString());
        assertEquals(elsewhere.resolve("sextant/fashion-mnist"), fake.environment().cacheFolder());
        fake.variables = Map.of("HOME", root.resolve("home").toString(), "XDG_CACHE_HOME", "relative");
        assertEquals(fake.cacheFolder(), fake.environment().cacheFolder());
    }

    @Test
    void aptWithTheMachinesListsIsKeptInTheCache() throws IOException {
        apt(command -> true);
        var data = fake.load();
        assertEquals("apt", data.origin());
        assertEquals(3, data.train().size());
        assertEquals(2, data.test().size());
        assertEquals(2, commands.size(), commands.toString());
        assertFalse(String.join(" ", commands.getFirst()).contains("Dir::State"));
        for (MnistFile file : MnistFile.values()) {
            assertArrayEquals(fake.packed.get(file), Files.readAllBytes(fake.cacheFolder().resolve(file.packedName())));
        }
        assertOnlyTheFourFilesInTheCache();
        commands.clear();
        assertTrue(fake.load().origin().startsWith("the cache"));
        assertEquals(List.of(), commands);
    }

    private void assertOnlyTheFourFilesInTheCache() throws IOException {
        try (Stream<Path> files = Files.list(fake.cacheFolder())) {
            assertEquals(4, files.count());
        }
    }

    @Test
    void aptWithoutListsFetchesThemIntoAFolderOfItsOwn() {
        apt(command -> command.stream().anyMatch(word -> word.startsWith("Dir::State=")));
        assertEquals("apt", fake.load().origin());
        assertEquals(List.of("download", "update", "download", "-x"), commands.stream()
                .flatMap(List::stream).filter(List.of("download", "update", "-x")::contains).toList());
        var state = commands.get(1).stream().filter(word -> word.startsWith("Dir::State=")).findFirst().orElseThrow();
        var cache = commands.get(1).stream().filter(word -> word.startsWith("Dir::Cache=")).findFirst().orElseThrow();
        Path work = Path.of(state.substring("Dir::State=".length())).getParent();
        assertEquals(work, Path.of(cache.substring("Dir::Cache=".length())).getParent());
        assertFalse(Files.exists(work), "the temporary folder was left behind");
    }

    @Test
    void aPackageWithOtherContentIsNotKept() {
        apt(command -> true);
        fake.packed.put(MnistFile.TEST_LABELS, FakeFashion.gzip(new byte[10]));
        assertThrows(DataException.class, fake::load);
        assertFalse(Files.exists(fake.cacheFolder()));
    }

    @Test
    void aCacheThatCannotBeWrittenDoesNotStopATraining() throws IOException {
        apt(command -> true);
        Files.createDirectories(fake.cacheFolder().getParent().getParent());
        Files.writeString(fake.cacheFolder().getParent(), "a file where the folder should be");
        assertEquals("apt", fake.load().origin());
        assertTrue(fake.progress.stream().anyMatch(line -> line.contains("cannot be kept")), fake.progress.toString());
    }

    @Test
    void aDamagedCacheIsReportedAndReplaced() throws IOException {
        apt(command -> true);
        fake.writeTo(fake.cacheFolder());
        Path damaged = fake.cacheFolder().resolve(MnistFile.TRAIN_IMAGES.packedName());
        byte[] content = fake.unpacked.get(MnistFile.TRAIN_IMAGES).clone();
        content[20] ^= 1;
        Files.write(damaged, FakeFashion.gzip(content));
        assertEquals("apt", fake.load().origin());
        assertTrue(fake.progress.stream().anyMatch(line -> line.contains(damaged.toString())
                && line.contains("expected SHA-256")), fake.progress.toString());
        assertArrayEquals(fake.packed.get(MnistFile.TRAIN_IMAGES), Files.readAllBytes(damaged));
    }

    @Test
    void nothingFoundNamesEveryPlaceAndTheRemediesInOneLine() {
        var e = assertThrows(DataException.class, fake::load);
        for (String part : List.of(fake.packageFolder().toString(), fake.cacheFolder().toString(),
                "there is no apt-get", FakeFashion.NOBODY.toString(), "apt install dataset-fashion-mnist", "--data DIR",
                "--data synthetic")) {
            assertTrue(e.getMessage().contains(part), part + " is missing in: " + e.getMessage());
        }
        assertFalse(e.getMessage().contains("\n"));
        assertEquals(6, fake.progress.size(), "four failures, two announcements: " + fake.progress);
    }

    @Test
    void aNamedFolderMustHoldTheDataSet() throws IOException {
        fake.writeTo(fake.packageFolder());
        Path empty = Files.createDirectories(root.resolve("empty"));
        refused(empty, empty + " lacks train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz, "
                + "t10k-images-idx3-ubyte.gz, t10k-labels-idx1-ubyte.gz");
        refused(root.resolve("nowhere"), "there is no folder");
        fake.variables = Map.of("SEXTANT_DATA", empty.toString());
        var e = assertThrows(DataException.class, fake::load);
        assertTrue(e.getMessage().contains("$SEXTANT_DATA=" + empty), e.getMessage());
    }

    @Test
    void otherContentIsRefusedBeforeItIsParsed() throws IOException {
        Path folder = fake.writeTo(root.resolve("named"));
        Path file = folder.resolve(MnistFile.TRAIN_LABELS.packedName());
        byte[] right = fake.unpacked.get(MnistFile.TRAIN_LABELS);
        byte[] wrong = right.clone();
        // A wrong magic, which the parser would complain about; it must not come to that.
        wrong[2] = 9;
        Files.write(file, FakeFashion.gzip(wrong));
        var found = HexFormat.of().formatHex(FashionFiles.sha256().digest(wrong));
        var expected = fake.fingerprints.get(MnistFile.TRAIN_LABELS).sha256();
        refused(folder, file + ": not Fashion-MNIST's train-labels-idx1-ubyte: expected SHA-256 " + expected
                + ", found " + found + "; remove it and fetch it again");
        Files.write(file, FakeFashion.gzip(new byte[right.length - 1]));
        refused(folder, "expected 11 bytes unpacked, found 10");
        Files.write(file, FakeFashion.gzip(new byte[1 << 24]));
        refused(folder, "expected 11 bytes unpacked, found more");
        byte[] packed = fake.packed.get(MnistFile.TRAIN_LABELS);
        Files.write(file, Arrays.copyOf(packed, packed.length - 9));
        refused(folder, "cannot be unpacked");
    }

    private void refused(Path folder, String saying) {
        var e = assertThrows(DataException.class, () -> fake.load(Optional.of(folder)));
        assertTrue(e.getMessage().contains(saying), e.getMessage());
        assertTrue(e.getMessage().contains("--data " + folder), e.getMessage());
    }

    @Test
    void unpackedFilesAndTorchvisionsFoldersServeToo() throws IOException {
        Path plain = Files.createDirectories(root.resolve("plain"));
        for (MnistFile file : MnistFile.values()) {
            Files.write(plain.resolve(file.fileName()), fake.unpacked.get(file));
        }
        Path torch = root.resolve("torch");
        fake.writeTo(torch.resolve("FashionMNIST/raw"));
        assertEquals(fake.load(Optional.of(plain)).sha256(), fake.load(Optional.of(torch)).sha256());
    }

    @Test
    void theDataHashIsThatOfTheFourFilesInOrder() {
        var hash = FashionFiles.sha256();
        for (MnistFile file : MnistFile.values()) {
            hash.update(fake.unpacked.get(file));
        }
        String expected = HexFormat.of().formatHex(hash.digest());
        Path folder = fake.writeTo(root.resolve("named"));
        assertEquals(expected, fake.load(Optional.of(folder)).sha256());
        assertEquals(expected, IdxFolder.load(folder, "mnist", IdxFolder.DIGITS).sha256());
    }
}
