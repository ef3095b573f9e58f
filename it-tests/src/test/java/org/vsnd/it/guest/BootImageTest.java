// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsnd.cli.boot.Children;

/** {@code vsnd boot IMAGE} with a guest of one sector, which says whether it sees the card. */
@Tag("guest")
class BootImageTest {
    private static final Duration BOOT_LIMIT = Duration.ofMinutes(2);
    private static final Duration END_LIMIT = Duration.ofSeconds(30);
    private static final int SIGINT_EXIT = 128 + 2;

    @TempDir
    Path folder;

    private Path temporary;
    private Path monitor;
    private Path serialLog;

    @BeforeEach
    void nameFiles() throws IOException {
        temporary = Files.createDirectory(folder.resolve("t"));
        monitor = folder.resolve("m");
        serialLog = folder.resolve("image.serial.log");
    }

    @Test
    void aDiskBootsWithTheCardAndKeepsWhatTheGuestWrites() throws Exception {
        Path image = image(BootableImages.raw());
        Process boot = boot(image);
        try {
            awaitGuest(BootSector.FROM_DISK);
            ServeProcess.Ended second = ServeProcess.run(folder, "boot", image.toString());
            assertThat(second.exitCode()).as(second.output()).isEqualTo(2);
            assertThat(second.output()).startsWith("vsnd: ").contains("in use").hasLineCount(1);

            quit();

            assertEnds(boot, 0);
        } finally {
            Children.end(boot);
        }
        byte[] disk = Files.readAllBytes(image);
        assertThat(Arrays.copyOfRange(disk, BootSector.BYTES, 2 * BootSector.BYTES))
                .isEqualTo(BootSector.bytes());
    }

    @Test
    void aSnapshotLeavesAnImageInQemusFormatAsItWas() throws Exception {
        Path image = image(BootableImages.qcow2());
        Process boot = boot(image, "--snapshot");
        try {
            awaitGuest(BootSector.FROM_DISK);
            quit();
            assertEnds(boot, 0);
        } finally {
            Children.end(boot);
        }
        assertThat(Files.readAllBytes(image)).isEqualTo(BootableImages.qcow2());
    }

    @Test
    void anIsoBootsAsCdAndCtrlCEndsItAll() throws Exception {
        Path image = image(BootableImages.hybridIso());
        Process boot = boot(image);
        try {
            awaitGuest(BootSector.FROM_CD);
            List<ProcessHandle> qemu = boot.descendants().toList();
            assertThat(qemu).isNotEmpty();

            assertThat(new ProcessBuilder("kill", "-INT", Long.toString(boot.pid()))
                            .start()
                            .waitFor())
                    .isZero();

            assertEnds(boot, SIGINT_EXIT);
            assertThat(qemu).noneMatch(ProcessHandle::isAlive);
        } finally {
            Children.end(boot);
        }
        assertThat(Files.readAllBytes(image)).isEqualTo(BootableImages.hybridIso());
    }

    @Test
    void aHybridIsoIsADiskWhereThatIsAskedFor() throws Exception {
        Process boot = boot(image(BootableImages.hybridIso()), "--as-disk");
        try {
            awaitGuest(BootSector.FROM_DISK);
            quit();
            assertEnds(boot, 0);
        } finally {
            Children.end(boot);
        }
    }

    @Test
    void argumentsThatQemuRefusesAreItsOwnWordsAndAnErrorOfOurs() throws Exception {
        Process boot = bootShownBy("oscilloscope", image(BootableImages.raw()));
        try {
            assertEnds(boot, 1);
        } finally {
            Children.end(boot);
        }
        assertThat(log()).contains("oscilloscope").contains("vsnd: QEMU").contains("exit code 1");
    }

    @Test
    void whatIsPrintedDoesTheSameWhenItIsPasted() throws Exception {
        Path image = image(BootableImages.raw());
        Process printing = boot(image, "--print");
        assertEnds(printing, 0);
        assertThat(serialLog).doesNotExist();
        String[] commands = log().substring(log().indexOf("# The sound card")).split("\n\n", -1);
        assertThat(commands).hasSize(2);
        Path pasted = folder.resolve("pasted");
        Files.writeString(
                pasted,
                commands[0] + " &\nwhile ! [ -S " + folder.resolve("vsnd-sound") + " ]; do sleep 0.1; done\n"
                        + commands[1] + "wait\n");

        Process shell = Children.start(new ProcessBuilder("sh", "-e", pasted.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile()));
        try {
            awaitGuest(BootSector.FROM_DISK);
            quit();
            assertEnds(shell, 0);
        } finally {
            Children.end(shell);
        }
    }

    private Path image(byte[] content) throws IOException {
        return Files.write(folder.resolve("image"), content);
    }

    private Process boot(Path image, String... options) throws IOException {
        return bootShownBy("none", image, options);
    }

    private Process bootShownBy(String display, Path image, String... options) throws IOException {
        List<String> all = new ArrayList<>(List.of("boot", image.toString(), "--backend", "null", "--memory", "64M"));
        all.addAll(List.of("--display", display));
        all.addAll(List.of(options));
        all.addAll(List.of("--", "-qmp", "unix:" + monitor + ",server=on,wait=off"));
        String java = "-Djava.io.tmpdir=" + temporary + " -Dvsnd.launcher=" + launcher();
        Map<String, String> environment = Map.of("JAVA_TOOL_OPTIONS", java, "XDG_RUNTIME_DIR", folder.toString());
        return ServeProcess.launch(all, environment, folder.resolve("log"));
    }

    /** What {@code ./vsnd} is to an operator, without a look at whether it has to be built. */
    private Path launcher() throws IOException {
        Path script = folder.resolve("vsnd");
        String java = System.getProperty("java.home") + "/bin/java";
        Files.writeString(
                script,
                "#!/bin/sh\nexec '" + java + "' -cp '" + System.getProperty("java.class.path")
                        + "' org.vsnd.cli.Vsnd \"$@\"\n");
        return Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    }

    private void awaitGuest(String from) throws Exception {
        Waiting.until(
                BOOT_LIMIT,
                () -> Files.exists(serialLog) && Files.readString(serialLog).endsWith("\n"),
                () -> "a line from the guest; " + quietLog());
        assertThat(Files.readString(serialLog)).isEqualTo(BootSector.CARD_FOUND + from);
    }

    /** Tells QEMU to end, as a person would who closes its window. */
    private void quit() throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(monitor))) {
            channel.write(ByteBuffer.wrap(
                    "{\"execute\":\"qmp_capabilities\"}{\"execute\":\"quit\"}".getBytes(StandardCharsets.US_ASCII)));
            ByteBuffer answers = ByteBuffer.allocate(1 << 12);
            while (channel.read(answers) >= 0) {
                answers.clear();
            }
        }
    }

    private void assertEnds(Process process, int exitCode) throws Exception {
        assertThat(process.waitFor(END_LIMIT.toSeconds(), TimeUnit.SECONDS))
                .as("it ends; " + log())
                .isTrue();
        assertThat(process.exitValue()).as(log()).isEqualTo(exitCode);
        try (Stream<Path> left = Files.list(temporary)) {
            assertThat(left.filter(path -> path.getFileName().toString().startsWith("vsnd")))
                    .as("temporary files")
                    .isEmpty();
        }
    }

    private String log() throws IOException {
        return Files.readString(folder.resolve("log"));
    }

    private String quietLog() {
        try {
            return log();
        } catch (IOException e) {
            return e.toString();
        }
    }
}
