package dev.sextant.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.IVersionProvider;

/// Which Sextant this is.
final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() {
        String commit = commit();
        return new String[] {"sextant " + number() + (commit == null ? "" : " (" + commit + ")")};
    }

    /// The version in the jar's manifest; `development` for bare classes.
    static String number() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    /// The commit of the checkout that the launcher runs from, with `-dirty` where files differ from it; null where
    /// there is no checkout or no git.
    static String commit() {
        String home = System.getProperty("sextant.home");
        if (home == null) {
            return null;
        }
        try {
            Process git = new ProcessBuilder("git", "-C", home, "describe", "--always", "--dirty", "--abbrev=40",
                    "--exclude=*").redirectError(ProcessBuilder.Redirect.DISCARD).start();
            String line = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return git.waitFor(5, TimeUnit.SECONDS) && git.exitValue() == 0 && !line.isEmpty() ? line : null;
        } catch (IOException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }
}
