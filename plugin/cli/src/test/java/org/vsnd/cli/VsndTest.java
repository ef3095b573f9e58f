// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.plugin.VirtioSoundPlugin;
import org.vsnd.plugin.load.OptionDescriptor;
import picocli.CommandLine;

class VsndTest {
    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private String socket = "";

    @BeforeEach
    void nameASocket() {
        socket = folder.resolve("s").toString();
    }

    @Test
    void anUnknownOptionIsOneLineThatNamesItAndTheHelp() {
        assertWrongUse("--sokket", "serve", "--sokket", socket);
        assertThat(err.toString()).contains("vsnd serve --help");
    }

    @Test
    @DisplayName("completion is a script that names every command and its options")
    void completionNamesCommands() {
        assertThat(run("completion")).isZero();
        assertThat(out.toString())
                .startsWith("#!")
                .contains("function _picocli_vsnd_ctl()", "--vhost-user", "--json", "\"unmute\" \"source\"");
    }

    @Test
    void ctlNeedsASocketAndACommand() {
        assertWrongUse("--socket", "ctl", "streams");
        assertWrongUse("COMMAND", "ctl", "--socket", socket);
        assertWrongUse("nothing answers on " + socket, "ctl", "--socket", socket, "volume", "output0", "-6", "--json");
    }

    @Test
    void serveNeedsASocket() {
        assertWrongUse("--socket", "serve");
    }

    @Test
    void aDescriptorMustBeAListeningSocketsAndGivenOnce() {
        assertWrongUse("descriptor 9999 is not open", "serve", "--socket-fd", "9999");
        assertWrongUse("descriptor -1 is negative", "serve", "--vhost-user-fd", "-1");
        assertWrongUse("--socket-fd", "serve", "--socket-fd", "stdin");
        assertWrongUse("--standby cannot pass", "serve", "--standby", "--vhost-user-fd", "3");
    }

    @Test
    void oneOccurrenceNamesOneSocket() {
        assertWrongUse("2 sockets and 3 back", backEnds("--socket", socket, "--vhost-user", socket + "2"));
        assertWrongUse("--vhost-user", "serve", "--vhost-user");
    }

    private static String[] backEnds(String... sockets) {
        return java.util.stream.Stream.concat(
                        java.util.stream.Stream.concat(
                                java.util.stream.Stream.of("serve"), java.util.stream.Stream.of(sockets)),
                        java.util.stream.Stream.of("--backend", "null", "--backend", "null", "--backend", "null"))
                .toArray(String[]::new);
    }

    @Test
    void stateIsForEachCardOverVhostUser() {
        assertWrongUse("0 cards and 1 files", "serve", "--socket", socket, "--state", folder + "/state");
        assertWrongUse(
                "2 cards and 1 files",
                "serve",
                "--vhost-user",
                socket,
                "--vhost-user",
                socket + "2",
                "--state",
                folder + "/state");
    }

    @Test
    void aPciTraceCannotBeRecordedOverVhostUser() {
        assertWrongUse("record on a --socket", "serve", "--vhost-user", socket, "--record", folder + "/trace");
    }

    @Test
    void howQemuAttachesTheCardIsOneOfThree() {
        assertWrongUse("vfio-user, vhost-user or auto", "boot", "--attach", "usb");
        assertWrongUse("vfio-user, vhost-user or auto", "boot", "disk.img", "--attach", "usb");
    }

    @Test
    void anUnknownSettingListsTheRightOnes() {
        assertWrongUse("unknown option 'colour'", "serve", "--socket", socket, "--set", "colour=red");
        assertThat(err.toString()).contains("target").contains("completion");
        assertThat(Path.of(socket)).doesNotExist();
    }

    @Test
    void aSettingOutOfRangeSaysWhatWouldBeRight() {
        assertWrongUse("500us to 2s", "serve", "--socket", socket, "--set", "target=1h");
    }

    @Test
    void aSettingWithoutValueIsWrongUse() {
        assertWrongUse("KEY=VALUE", "serve", "--socket", socket, "--set", "target");
    }

    @Test
    void anUnwritableWavFileIsNamed() {
        assertWrongUse("/absent/x.wav", "serve", "--socket", socket, "--backend", "wav:" + folder + "/absent/x.wav");
        assertThat(Path.of(socket)).doesNotExist();
    }

    @Test
    void anUnknownBackEndIsNamed() {
        assertWrongUse("gramophone", "serve", "--socket", socket, "--backend", "gramophone");
    }

    @Test
    void aSocketPathThatIsTooLongIsRefused() {
        assertWrongUse("107", "serve", "--socket", folder + "/" + "x".repeat(108));
    }

    @Test
    void aSocketModeMustBePermissionBits() {
        assertWrongUse("0660", "serve", "--socket", socket, "--socket-mode", "rw");
        assertWrongUse("0660", "serve", "--socket", socket, "--socket-mode", "01777");
    }

    @Test
    void anUnknownGroupIsNamed() {
        assertWrongUse("no-such-group", "serve", "--socket", socket, "--socket-group", "no-such-group");
        assertThat(Path.of(socket)).doesNotExist();
    }

    @Test
    void aFileThatIsNoSocketIsLeftAlone() throws Exception {
        Files.writeString(Path.of(socket), "precious");

        assertWrongUse(socket, "serve", "--socket", socket);
        assertThat(Path.of(socket)).hasContent("precious");
    }

    @Test
    void severalCardsDoNotShareOneWavFile() {
        assertWrongUse(
                "once for each", "serve", "--socket", socket, "--socket", socket + "2", "--backend", "wav:a.wav");
    }

    @Test
    void backEndsMustMatchTheSockets() {
        assertWrongUse("2 back ends", "serve", "--socket", socket, "--backend", "null", "--backend", "null");
    }

    @Test
    void statisticsThatCannotBeWrittenStopTheStart() {
        assertWrongUse("--stats", "serve", "--socket", socket, "--stats", folder + "/absent/stats");
        assertThat(Path.of(socket)).doesNotExist();
    }

    @Test
    void recordingsMustMatchTheSockets() {
        assertWrongUse("1 sockets and 2 files", "serve", "--socket", socket, "--record", "a", "--record", "b");
        assertWrongUse(
                "several cards",
                "serve",
                "--socket",
                socket,
                "--socket",
                socket + "2",
                "--record",
                "a",
                "--record=./a");
        assertWrongUse("--record FILE", "serve", "--socket", socket, "--record-data");
    }

    @Test
    void aRecordingThatCannotBeWrittenStopsTheStart() {
        assertWrongUse("--record", "serve", "--socket", socket, "--record", folder + "/absent/trace.jsonl");
        assertThat(Path.of(socket)).doesNotExist();
    }

    @Test
    void whatCannotBeBootedIsNamed() throws Exception {
        assertWrongUse("no file " + Path.of("beos").toAbsolutePath(), "boot", "beos", "--", "-smp", "2");
        assertWrongUse("give a disk image", "boot", folder.toString());
        assertWrongUse("/etc/passwd is not a disk image", "boot", "/etc/passwd");
        assertThat(Path.of("/etc/passwd.serial.log")).doesNotExist();
        Path image = image();
        assertWrongUse("room for 6", "boot", image + "1", "2", "3", "4", "5", "6", "7");
        Files.writeString(image, "PK\u0003\u0004 a download".repeat(100));
        assertWrongUse("unpack it", "boot", image.toString());
    }

    @Test
    void wrongSettingsOfAMachineAreRefusedBeforeAnythingIsFetched() throws Exception {
        String image = image().toString();
        assertWrongUse("2G", "boot", image, "--memory", "2GB");
        assertWrongUse("overwrite", "boot", image, "--serial", image);
        assertWrongUse("KVM", "boot", image, "--accel", "hvf");
        assertWrongUse("same thing", "boot", image, "--backend", "null", "--set", "backend=null");
        assertWrongUse("--out", "boot", image, "--out", "x.wav");
    }

    @Test
    void theGuestThatIsComparedTakesNoSettingsOfAnImages() {
        assertWrongUse("need an IMAGE", "boot", "--memory", "1G");
        assertWrongUse("need an IMAGE", "boot", "linux", "--set", "backend=null");
    }

    @Test
    @DisplayName("a file that could not be written at the end is refused at the start")
    void unwritableFilesAreNoticedAtTheStart() {
        assertWrongUse("there is no folder " + folder + "/absent", "boot", "--out", folder + "/absent/x.wav");
        assertWrongUse("give --picture FILE", "demo", "--picture", folder + "/absent/x.png");
        assertWrongUse(folder + " is a folder", "demo", "--picture", folder.toString());
        assertWrongUse("--listen", "boot", image("sealed"), "--listen");
        assertWrongUse("give one of them", "boot", "--listen", "--out", folder + "/x.wav");
    }

    private String image(String name) {
        try {
            return Files.write(folder.resolve(name), new byte[1 << 16]).toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path image() throws Exception {
        return Files.write(folder.resolve("image"), new byte[1 << 16]);
    }

    @Test
    void aToneNeedsABackEndWithSound() {
        assertThat(run("doctor", "--tone", "--backend", "null")).isEqualTo(1);
        assertThat(out.toString()).contains("null makes no sound");
        assertWrongUse("gramophone", "doctor", "--tone", "--backend", "gramophone");
    }

    @Test
    void helpOfServeListsEveryOptionOfTheCard() {
        assertThat(run("serve", "--help")).isZero();
        for (OptionDescriptor option : VirtioSoundPlugin.descriptor().options()) {
            String streams = switch (option.perStream()) {
                case NEVER -> "";
                case MAY -> "[.outputN|.inputN]";
                case MUST -> ".outputN|.inputN";
            };
            assertThat(out.toString()).contains("  " + option.name() + streams + "=" + option.defaultValue());
        }
    }

    @Test
    void helpNamesEveryCommand() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString()).contains(List.of("serve", "boot", "demo", "replay", "doctor", "test", "bench"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "serve", "boot", "demo", "replay", "doctor"})
    @DisplayName("every help fits 80 columns, and no line is broken within a command or a path")
    void everyHelpFitsATerminal(String command) {
        assertThat(command.isEmpty() ? run("--help") : run(command, "--help")).isZero();

        assertThat(out.toString().lines())
                .allSatisfy(line -> assertThat(line.length()).as(line).isLessThanOrEqualTo(80));
        assertThat(out.toString().lines()).noneMatch(line -> line.startsWith("/") || line.endsWith(" ."));
    }

    @Test
    @DisplayName("the first line of a help says what is required, and serve's has every option")
    void theSynopsisSaysWhatIsRequired() {
        run("replay", "--help");
        assertThat(out.toString()).contains("vsnd replay [-hvV] [--report=FILE] TRACE...\n");

        out.getBuffer().setLength(0);
        run("serve", "--help");
        String help = out.toString();
        String synopsis = help.substring(help.indexOf("Usage:"), help.indexOf("\n\n"));
        assertThat(synopsis).contains("serve (--socket=PATH | --vhost-user=PATH |");
        Vsnd.commandLine()
                .getSubcommands()
                .get("serve")
                .getCommandSpec()
                .options()
                .forEach(option -> assertThat(synopsis)
                        .contains(option.longestName().matches("--help|--version") ? "[-hV]" : option.longestName()));
    }

    @Test
    @DisplayName("the list of commands says a whole sentence of each")
    void theListOfCommandsIsNotCutOff() {
        run("--help");
        String oneLine = out.toString().replaceAll("\\s+", " ");

        for (CommandLine command : Vsnd.commandLine().getSubcommands().values()) {
            String name = command.getCommandName();
            assertThat(oneLine).containsPattern(" " + name + " [A-Z][^.]+\\. ");
            assertThat(command.getCommandSpec().usageMessage().header()).hasSize(1);
        }
    }

    @Test
    @DisplayName("the help of --set lists every choice, and no line falls back to the left edge")
    void theHelpOfSetListsChoices() {
        run("serve", "--help");
        String help = out.toString();
        String list = help.substring(help.indexOf("Options of the sound card"), help.indexOf("Exit code"));

        assertThat(list.lines().skip(1).filter(line -> !line.isEmpty())).allMatch(line -> line.startsWith("  "));
        for (OptionDescriptor option : VirtioSoundPlugin.descriptor().options()) {
            assertThat(option.choices()).allMatch(list::contains);
        }
    }

    @Test
    void versionIsThePlugins() {
        assertThat(run("--version")).isZero();
        assertThat(out.toString()).contains(VirtioSoundPlugin.descriptor().version());
    }

    private void assertWrongUse(String expected, String... arguments) {
        err.getBuffer().setLength(0);
        assertThat(run(arguments)).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(err.toString()).startsWith("vsnd: ").contains(expected);
        assertThat(err.toString().lines()).hasSize(1);
    }

    private int run(String... arguments) {
        return Vsnd.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
    }
}
