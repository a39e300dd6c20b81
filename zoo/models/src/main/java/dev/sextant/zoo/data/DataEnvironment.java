package dev.sextant.zoo.data;

import dev.sextant.engine.error.DataException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// Everything outside the program that finding a data set depends on; tests put in their own.
///
/// @param variables     environment variables: `SEXTANT_DATA`, `XDG_CACHE_HOME`, `HOME`, and the proxies'
/// @param packageFolder where the Debian package `dataset-fashion-mnist` puts the files
/// @param commands      runs `apt-get` and `dpkg-deb`
/// @param home          where the data set's authors offer the files; ends with `/`
/// @param progress      hears what is being tried, one line each
public record DataEnvironment(Map<String, String> variables, Path packageFolder, CommandRunner commands, URI home,
        Consumer<String> progress) {
    /// System property that replaces the address of the data set's home.
    public static final String URL_PROPERTY = "sextant.data.url";

    private static final Path PACKAGE_FOLDER = Path.of("/usr/share/datasets/fashion-mnist");
    private static final String HOME = "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/";

    /// Makes sure that `home` ends with `/`, so that file names can be resolved against it.
    public DataEnvironment {
        home = home.toString().endsWith("/") ? home : URI.create(home + "/");
        variables = Map.copyOf(variables);
    }

    /// This machine.
    ///
    /// @param progress hears what is being tried, one line each, for example `System.err::println`
    /// @throws DataException if the system property [#URL_PROPERTY] is not an address
    public static DataEnvironment system(Consumer<String> progress) {
        return new DataEnvironment(System.getenv(), PACKAGE_FOLDER, CommandRunner.system(),
                address(System.getProperty(URL_PROPERTY, HOME)), progress);
    }

    private static URI address(String text) {
        try {
            var address = URI.create(text);
            if (address.getHost() != null && List.of("http", "https").contains(address.getScheme())) {
                return address;
            }
        } catch (IllegalArgumentException e) {
            throw new DataException(e, "-D%s=%s is not an address: %s", URL_PROPERTY, text, e.getMessage());
        }
        throw new DataException("-D%s=%s is not an address: it must start with http:// or https:// and a host",
                URL_PROPERTY, text);
    }

    /// The folder in which Fashion-MNIST's files are kept.
    Path cacheFolder() {
        return cacheFolder("fashion-mnist");
    }

    /// The folder in which a data set's downloaded files are kept: `$XDG_CACHE_HOME/sextant/<name>`, or
    /// `~/.cache/sextant/<name>`.
    Path cacheFolder(String name) {
        Path root = Path.of(variables.getOrDefault("XDG_CACHE_HOME", ""));
        // The XDG base directory specification: a relative path is to be ignored.
        if (!root.isAbsolute()) {
            root = Path.of(variables.getOrDefault("HOME", System.getProperty("user.home")), ".cache");
        }
        return root.resolve("sextant").resolve(name);
    }

    /// The environment's proxies for HTTP.
    ProxyVariables proxies() {
        return new ProxyVariables(variables);
    }
}
