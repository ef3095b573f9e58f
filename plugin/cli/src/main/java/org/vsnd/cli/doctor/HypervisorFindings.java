// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.doctor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.vsnd.cli.boot.BootException;
import org.vsnd.cli.boot.Qemu;
import org.vsnd.cli.boot.Tool;
import org.vsnd.cli.serve.Front;

/**
 * The hypervisors that are installed, and how each of them can attach the card, by what they say themselves.
 *
 * @param programs folders of programs
 * @param libraries folders of libraries, and of folders with libraries
 */
record HypervisorFindings(List<Path> programs, List<Path> libraries) {
    private static final Duration QUESTION_LIMIT = Duration.ofSeconds(10);
    private static final String QEMU = "qemu-system-";
    private static final String LIBKRUN = "libkrun.so";

    /** For this machine and this process. */
    static HypervisorFindings here() {
        String path = System.getenv("PATH");
        return new HypervisorFindings(
                Stream.of((path == null ? "/usr/bin:/bin" : path).split(":", -1))
                        .filter(folder -> !folder.isEmpty())
                        .map(Path::of)
                        .toList(),
                List.of(
                        Path.of("/usr/lib"),
                        Path.of("/usr/lib64"),
                        Path.of("/usr/local/lib"),
                        Path.of("/usr/local/lib64")));
    }

    /** One finding for each hypervisor; none for those that are not there. */
    List<Finding> examine() {
        List<Finding> findings = new ArrayList<>();
        installed(QEMU).forEach((name, program) -> findings.add(qemu(name, Qemu.installed(program.toString()))));
        installed("cloud-hypervisor")
                .forEach((name, program) ->
                        findings.add(asked(name, program, List.of("--help"), "--user-device", "--generic-vhost-user")));
        installed("crosvm")
                .forEach((name, program) ->
                        findings.add(asked(name, program, List.of("run", "--help"), "", "--vhost-user")));
        libkrun(findings);
        return findings;
    }

    private TreeMap<String, Path> installed(String prefix) {
        TreeMap<String, Path> found = new TreeMap<>();
        for (Path folder : programs) {
            for (Path file : files(folder)) {
                String name = String.valueOf(file.getFileName());
                boolean named = prefix.endsWith("-") ? name.startsWith(prefix) : name.equals(prefix);
                if (named && Files.isRegularFile(file) && Files.isExecutable(file)) {
                    found.putIfAbsent(name, file);
                }
            }
        }
        return found;
    }

    private static List<Path> files(Path folder) {
        try (Stream<Path> list = Files.list(folder)) {
            return list.toList();
        } catch (IOException | UncheckedIOException e) {
            return List.of();
        }
    }

    private static Finding qemu(String name, Qemu qemu) {
        try {
            return attaching(name, qemu.version().replaceFirst("QEMU emulator version ", ""), qemu.fronts());
        } catch (BootException e) {
            return Finding.note(name, "does not run: " + e.getMessage());
        }
    }

    private static Finding asked(String name, Path program, List<String> question, String vfioUser, String vhostUser) {
        try {
            String help = answer(program, question);
            Set<Front> fronts = EnumSet.noneOf(Front.class);
            if (!vfioUser.isEmpty() && help.contains(vfioUser)) {
                fronts.add(Front.VFIO_USER);
            }
            if (help.contains(vhostUser)) {
                fronts.add(Front.VHOST_USER);
            }
            return attaching(name, program.toString(), fronts);
        } catch (BootException e) {
            return Finding.note(name, "does not run: " + e.getMessage());
        }
    }

    private static String answer(Path program, List<String> question) throws BootException {
        return Tool.of(program.toString())
                .with(question)
                .within(QUESTION_LIMIT)
                .attempt()
                .output();
    }

    private static Finding attaching(String name, String version, Set<Front> fronts) {
        return fronts.isEmpty()
                ? Finding.note(name, version + " is too old, or built without what attaches the card")
                : Finding.ok(
                        name,
                        version + " attaches the card by "
                                + fronts.stream().map(Front::protocol).collect(Collectors.joining(" or ")));
    }

    /** A library, which programs of any name use. */
    private void libkrun(List<Finding> findings) {
        for (Path folder : libraries) {
            List<Path> folders = new ArrayList<>(List.of(folder));
            files(folder).stream().filter(Files::isDirectory).forEach(folders::add);
            for (Path each : folders) {
                Path library = each.resolve(LIBKRUN + ".2");
                if (Files.isRegularFile(library)) {
                    findings.add(Finding.ok("libkrun", library + " attaches the card by vhost-user"));
                    return;
                }
                if (Files.isRegularFile(each.resolve(LIBKRUN + ".1"))) {
                    findings.add(Finding.note(
                            "libkrun", each.resolve(LIBKRUN + ".1") + " is too old: libkrun 2 attaches the card"));
                    return;
                }
            }
        }
    }
}
