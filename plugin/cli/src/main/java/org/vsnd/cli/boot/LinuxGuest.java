// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.boot;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.vsnd.cli.serve.Front;

/**
 * A running QEMU with our Linux guest in it. {@link #run} has the guest run a line of shell; {@link #monitor()} talks to
 * QEMU itself. One thread, except {@link #close()} and {@link #kill()}, which any thread may call.
 */
public final class LinuxGuest implements AutoCloseable {
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(20);
    private static final int CONSOLE_TAIL_LINES = 12;

    private final Process process;
    private final Path console;
    private final GuestControl control;
    private final QemuMonitor monitor;

    private LinuxGuest(Process process, Path console, GuestControl control, QemuMonitor monitor) {
        this.process = process;
        this.console = console;
        this.control = control;
        this.monitor = monitor;
    }

    /**
     * Describes a machine.
     *
     * @param initramfs as {@link Initramfs} writes it
     * @param folder for sockets and the console's log; short, since a socket's path holds 107 bytes
     */
    public static Builder builder(Qemu qemu, GuestParts parts, Path initramfs, Path folder) {
        return new Builder(qemu, parts, initramfs, folder);
    }

    /**
     * Waits until the guest takes commands: after the start, and after each reboot.
     *
     * @return the guest's kernel release
     * @throws BootException if that takes longer or QEMU ends; names the last lines of the console and its log
     */
    public String awaitReady(Duration limit) throws BootException {
        try {
            return control.awaitReady(limit);
        } catch (IOException e) {
            throw trouble("the guest did not start within " + limit.toSeconds() + " s", e);
        }
    }

    /**
     * Has the guest run one line of shell and waits for its end.
     *
     * @param line without a line end; longer scripts belong in the {@link Initramfs}
     * @throws BootException if the guest does not answer in time; names the last lines of the console and its log
     */
    public GuestAnswer run(String line, Duration limit) throws BootException {
        try {
            return control.run(line, limit);
        } catch (IOException e) {
            throw trouble("the guest did not finish \"" + line + "\" within " + limit.toSeconds() + " s", e);
        }
    }

    /** As {@link #run}, and the line must end with exit code 0. */
    public String runSuccessfully(String line, Duration limit) throws BootException {
        GuestAnswer answer = run(line, limit);
        if (answer.exitCode() != 0) {
            throw new BootException("the guest failed at \"" + line + "\" with exit code " + answer.exitCode() + ": "
                    + Tool.tail(answer.text(), CONSOLE_TAIL_LINES) + " (console: " + console + ")");
        }
        return answer.text();
    }

    /**
     * Loads a kernel module of {@link GuestParts}.
     *
     * @param parameters the module's, as {@code name=value}
     */
    public void load(String module, String... parameters) throws BootException {
        runSuccessfully(
                ("insmod /lib/modules/" + module + ".ko " + String.join(" ", parameters)).strip(),
                Duration.ofSeconds(60));
    }

    /** QEMU's own control connection. */
    public QemuMonitor monitor() {
        return monitor;
    }

    /** Sends one QMP command without arguments, such as {@code stop}, {@code cont} or {@code system_reset}. */
    public JsonObject qmp(String command) throws BootException {
        try {
            return monitor.execute(command, new JsonObject());
        } catch (IOException e) {
            throw trouble("QEMU did not answer \"" + command + "\"", e);
        }
    }

    /** Where the guest's console is logged. */
    public Path console() {
        return console;
    }

    /** QEMU's process id. */
    public long pid() {
        return process.pid();
    }

    /** Whether QEMU still runs. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Waits for QEMU to end on its own. @return whether it did */
    public boolean awaitEnd(Duration limit) throws InterruptedException {
        return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Kills QEMU ({@code kill -9}). */
    public void kill() {
        process.destroyForcibly();
    }

    /** Ends QEMU and its connections. Idempotent. */
    @Override
    public void close() {
        control.close();
        monitor.close();
        Children.end(process);
    }

    private BootException trouble(String what, IOException cause) {
        String state = process.isAlive() ? "" : " (QEMU has ended with exit code " + process.exitValue() + ")";
        return new BootException(
                what + state + ": " + cause.getMessage() + "; its last lines: " + lastLines(console)
                        + "; the full log: " + console,
                cause);
    }

    private static String lastLines(Path log) {
        try {
            return Tool.tail(Files.readString(log, StandardCharsets.ISO_8859_1), CONSOLE_TAIL_LINES);
        } catch (IOException e) {
            return "none";
        }
    }

    /** The parts of the machine. */
    public static final class Builder {
        private static final int DEFAULT_MEMORY_MIB = 256;

        private final Qemu qemu;
        private final GuestParts parts;
        private final Path initramfs;
        private final Path folder;
        private final List<String> more = new ArrayList<>();
        private Accelerator accelerator = Accelerator.TCG;
        private int memoryMib = DEFAULT_MEMORY_MIB;
        private String kernelArguments = "";

        private Builder(Qemu qemu, GuestParts parts, Path initramfs, Path folder) {
            this.qemu = qemu;
            this.parts = parts;
            this.initramfs = initramfs;
            this.folder = folder;
        }

        /** Adds the card that is served on a Unix socket, and names it so that monitor commands can. */
        public Builder card(Front front, String id, Path socket) {
            return arguments(QemuCard.arguments(front, id, socket));
        }

        /** Adds QEMU arguments. */
        public Builder arguments(String... arguments) {
            more.addAll(List.of(arguments));
            return this;
        }

        /** Adds QEMU arguments. */
        public Builder arguments(List<String> arguments) {
            more.addAll(arguments);
            return this;
        }

        /** KVM or, without this call, emulation. */
        public Builder accelerator(Accelerator chosen) {
            accelerator = chosen;
            return this;
        }

        /** The guest's memory in MiB. */
        public Builder memoryMib(int chosen) {
            memoryMib = chosen;
            return this;
        }

        /** Adds to the kernel's command line. */
        public Builder kernelArguments(String arguments) {
            kernelArguments = arguments;
            return this;
        }

        /** Starts QEMU and connects to it; the guest then needs some time to become ready. */
        public LinuxGuest start() throws BootException {
            Path console = folder.resolve("console.log");
            Path controlSocket = folder.resolve("control");
            Path monitorSocket = folder.resolve("monitor");
            try {
                Files.deleteIfExists(controlSocket);
                Files.deleteIfExists(monitorSocket);
                Process process = Children.start(qemu.process(arguments(controlSocket, monitorSocket))
                        .redirectErrorStream(true)
                        .redirectOutput(console.toFile())
                        .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null"))));
                return connect(process, console, controlSocket, monitorSocket);
            } catch (IOException e) {
                throw new BootException("cannot start QEMU (" + qemu.origin() + "): " + e.getMessage(), e);
            }
        }

        private static LinuxGuest connect(Process process, Path console, Path controlSocket, Path monitorSocket)
                throws BootException {
            try {
                GuestControl control = new GuestControl(UnixConnection.open(controlSocket, CONNECT_LIMIT, process));
                QemuMonitor monitor = new QemuMonitor(UnixConnection.open(monitorSocket, CONNECT_LIMIT, process));
                return new LinuxGuest(process, console, control, monitor);
            } catch (IOException e) {
                Children.end(process);
                throw new BootException("QEMU did not start: " + lastLines(console) + "; the full log: " + console, e);
            }
        }

        private List<String> arguments(Path controlSocket, Path monitorSocket) {
            String control = "socket,id=control,server=on,wait=off,path=" + controlSocket;
            List<String> all =
                    new ArrayList<>(List.of("-M", "q35,memory-backend=mem0", "-accel", accelerator.option()));
            all.addAll(List.of("-cpu", "max", "-smp", "1", "-m", memoryMib + "M"));
            all.addAll(List.of("-object", "memory-backend-memfd,id=mem0,size=" + memoryMib + "M,share=on"));
            all.addAll(List.of("-nodefaults", "-display", "none", "-serial", "stdio"));
            all.addAll(List.of("-kernel", parts.kernel().toString(), "-initrd", initramfs.toString()));
            all.addAll(List.of(
                    "-append",
                    ("console=ttyS0 quiet mitigations=off tsc=reliable panic=-1 " + kernelArguments).strip()));
            all.addAll(List.of("-device", "virtio-serial-pci", "-chardev", control));
            all.addAll(List.of("-device", "virtserialport,chardev=control,name=vsnd.control"));
            all.addAll(List.of("-qmp", "unix:" + monitorSocket + ",server=on,wait=off"));
            all.addAll(more);
            return all;
        }
    }
}
