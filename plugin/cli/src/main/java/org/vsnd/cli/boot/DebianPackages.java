// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.boot;

import com.google.common.collect.ImmutableMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Debian 13's packages on a system that is not Debian 13: apt downloads and verifies them with package lists of our own,
 * dpkg-deb unpacks them into a folder. Nothing is installed, no package's script runs and no privilege is needed, so the
 * system stays as it is.
 *
 * <p>One instance works in one folder, on one thread.
 */
public final class DebianPackages {
    static final Path KEYRING = Path.of("/usr/share/keyrings/debian-archive-keyring.gpg");
    private static final Path APT_FOLDER = Path.of("/etc/apt");
    /** The suite of Debian 13 itself. */
    public static final String STABLE = "trixie";

    static final String UPDATES = "trixie-updates";

    /** The suite of newer packages for Debian 13. */
    public static final String BACKPORTS = "trixie-backports";

    private final Path folder;
    private final Path configuration;

    private DebianPackages(Path folder) {
        this.folder = folder;
        this.configuration = folder.resolve("apt.conf");
    }

    /** What prevents this machine from using Debian's packages, as a sentence, or empty. */
    public static Optional<String> obstacle() {
        if (!System.getProperty("os.arch", "").equals("amd64")) {
            return Optional.of("the guest's parts can only be unpacked on amd64: run vsnd on such a machine");
        }
        if (Tool.find("apt-get") == null || Tool.find("dpkg-deb") == null) {
            return Optional.of("apt-get and dpkg-deb are missing: run this on Debian 12 or 13");
        }
        if (!Files.isReadable(KEYRING)) {
            return Optional.of("Debian's keys are missing: apt-get install debian-archive-keyring");
        }
        return mirror().isPresent()
                ? Optional.empty()
                : Optional.of("no Debian mirror is set up in /etc/apt: set VSND_DEBIAN_MIRROR to its URI");
    }

    /**
     * Fetches the package lists.
     *
     * @param folder for lists and archives; the caller removes it
     * @param architecture of the packages
     * @param moreSuites besides {@link #STABLE}
     */
    public static DebianPackages lists(
            Path folder, GuestArchitecture architecture, List<String> moreSuites, Progress progress)
            throws BootException, IOException {
        Optional<String> obstacle = obstacle();
        if (obstacle.isPresent()) {
            throw new BootException(obstacle.get());
        }
        DebianPackages packages = new DebianPackages(folder);
        List<String> suites = new ArrayList<>(List.of(STABLE));
        suites.addAll(moreSuites);
        packages.configure(mirror().orElseThrow(), architecture.debianName(), suites);
        progress.step("fetching Debian 13's package lists");
        packages.update(mirror().orElseThrow(), progress);
        return packages;
    }

    /** The first step that needs the network: network trouble is reported here, before anything large is fetched. */
    private void update(String mirror, Progress progress) throws BootException {
        Waiting waiting = Waiting.tell(progress, seconds -> "still fetching from " + mirror + ", " + seconds + " s");
        try (waiting) {
            Tool.Result result = Tool.of("apt-get", "update", "--error-on=any")
                    .env("APT_CONFIG", configuration.toString())
                    .attempt();
            if (result.exitCode() != 0) {
                throw new BootException("the Debian mirror " + mirror + " cannot be used (" + complaint(result.output())
                        + "): check that this machine is online and that http_proxy is right, or set VSND_DEBIAN_MIRROR"
                        + " to the URI of another mirror");
            }
        }
    }

    /** apt's first error, which causes those that follow. */
    static String complaint(String output) {
        return output.lines()
                .map(String::strip)
                .filter(line -> line.startsWith("Err:") || line.startsWith("E: "))
                .flatMap(line -> line.startsWith("Err:")
                        ? output.lines()
                                .map(String::strip)
                                .dropWhile(other -> !other.equals(line))
                                .skip(1)
                                .limit(1)
                        : Stream.of(line.substring(3)))
                .findFirst()
                .orElseGet(() -> Tool.tail(output, 1));
    }

    /** The name of the package that a meta-package stands for, for example the newest kernel. */
    String dependencyOf(String metaPackage, String prefix) throws BootException {
        return dependenciesOf(metaPackage, STABLE).stream()
                .filter(name -> name.startsWith(prefix))
                .findFirst()
                .orElseThrow(() -> new BootException("Debian's package " + metaPackage + " depends on no " + prefix
                        + " package: set VSND_DEBIAN_MIRROR to a complete mirror"));
    }

    /**
     * The packages that a package depends on.
     *
     * @param suite where to look first
     */
    public List<String> dependenciesOf(String name, String suite) throws BootException {
        return apt("apt-cache", "depends", "-t", suite, "--no-recommends", "--no-suggests", name)
                .lines()
                .map(String::strip)
                .filter(line -> line.startsWith("Depends:"))
                .map(line -> line.replace("Depends:", "").strip())
                .toList();
    }

    /**
     * Downloads packages with everything they depend on, and some more without, and unpacks them all.
     *
     * @param target gets the files, in one tree
     * @param suite where to take them from first
     * @param withDependencies package names
     * @param alone package names whose dependencies are not wanted
     * @param progress told now and then how much has arrived
     */
    public void unpack(Path target, String suite, List<String> withDependencies, List<String> alone, Progress progress)
            throws BootException, IOException {
        Waiting waiting = Waiting.tell(
                progress, seconds -> "still working: " + (CacheFolder.usedBytes(folder) >> 20) + " MB so far");
        try (waiting) {
            unpack(target, suite, withDependencies, alone);
        }
    }

    private void unpack(Path target, String suite, List<String> withDependencies, List<String> alone)
            throws BootException, IOException {
        Path archives = Files.createTempDirectory(folder, "archives");
        Files.createDirectories(archives.resolve("partial"));
        if (!withDependencies.isEmpty()) {
            List<String> install = new ArrayList<>(List.of(
                    "apt-get",
                    "install",
                    "--yes",
                    "--download-only",
                    "-t",
                    suite,
                    "-o",
                    "Dir::Cache::archives=" + archives));
            install.addAll(withDependencies);
            apt(install);
        }
        if (!alone.isEmpty()) {
            Tool.of("apt-get", "download", "-t", suite)
                    .with(alone)
                    .env("APT_CONFIG", configuration.toString())
                    .in(archives)
                    .run();
        }
        Files.createDirectories(target);
        List<Path> files;
        try (Stream<Path> listed = Files.list(archives)) {
            files = listed.filter(file -> file.toString().endsWith(".deb"))
                    .sorted()
                    .toList();
        }
        for (Path file : files) {
            Tool.of("dpkg-deb", "--extract", file.toString(), target.toString()).run();
        }
        CacheFolder.deleteTree(archives);
    }

    private String apt(String... command) throws BootException {
        return apt(List.of(command));
    }

    private String apt(List<String> command) throws BootException {
        return Tool.of(command).env("APT_CONFIG", configuration.toString()).run();
    }

    private void configure(String mirror, String architecture, List<String> suites) throws IOException {
        Files.createDirectories(folder.resolve("lists/partial"));
        Files.createDirectories(folder.resolve("cache/archives/partial"));
        Files.writeString(folder.resolve("status"), "");
        StringBuilder sources = new StringBuilder();
        for (String suite : suites) {
            sources.append("deb [arch=")
                    .append(architecture)
                    .append(" signed-by=")
                    .append(KEYRING)
                    .append("] ");
            sources.append(mirror).append(' ').append(suite).append(" main\n");
        }
        Files.writeString(folder.resolve("sources.list"), sources);
        Map<String, String> settings = ImmutableMap.ofEntries(
                Map.entry("Dir::State", folder.toString()),
                Map.entry("Dir::State::lists", folder.resolve("lists").toString()),
                Map.entry("Dir::State::status", folder.resolve("status").toString()),
                Map.entry("Dir::Cache", folder.resolve("cache").toString()),
                Map.entry("Dir::Etc::sourcelist", folder.resolve("sources.list").toString()),
                Map.entry("Dir::Etc::sourceparts", "/dev/null"),
                Map.entry("Dir::Etc::preferences", "/dev/null"),
                Map.entry("Dir::Etc::preferencesparts", "/dev/null"),
                Map.entry("APT::Sandbox::User", ""), // apt's own user could not write here
                Map.entry("APT::Architecture", architecture),
                Map.entry("APT::Install-Recommends", "false"),
                Map.entry("Acquire::Languages", "none"),
                Map.entry("Acquire::http::Timeout", "20"),
                Map.entry("Acquire::https::Timeout", "20"),
                Map.entry("Acquire::Retries", "3"));
        StringBuilder text = new StringBuilder("#clear APT::Architectures;\n#clear APT::Update::Post-Invoke;\n");
        settings.forEach(
                (name, value) -> text.append(name).append(" \"").append(value).append("\";\n"));
        Files.writeString(configuration, text);
    }

    private static Optional<String> mirror() {
        String chosen = System.getenv("VSND_DEBIAN_MIRROR");
        if (chosen != null && !chosen.isEmpty()) {
            return Optional.of(chosen);
        }
        try {
            return AptSources.read(APT_FOLDER).debianMirror();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
