// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.vsnd.audio.file.FileTrouble;
import org.vsnd.cli.ctl.ControlSocket;
import org.vsnd.cli.ctl.ControlledCards;
import org.vsnd.cli.serve.CardPlace;
import org.vsnd.cli.serve.ServedDevice;
import org.vsnd.cli.serve.SocketActivation;
import org.vsnd.cli.serve.StandbyWorker;
import org.vsnd.cli.serve.StatisticsFile;
import org.vsnd.cli.serve.Supervisor;
import org.vsnd.nativebind.libc.RealtimePriority;
import org.vsnd.plugin.HostAudio;
import org.vsnd.server.ClientRules;
import org.vsnd.server.ServerException;
import org.vsnd.server.ServiceManager;
import org.vsnd.spi.PluginException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code vsnd serve}: offers sound cards on sockets until told to stop. */
@Command(
        name = "serve",
        customSynopsis = { // a socket is required, but picocli would name it before a mistyped option
            "vsnd serve (--socket=PATH | --vhost-user=PATH | --socket-fd=FD |",
            "                  --vhost-user-fd=FD)... [-hV] [--any-memory-file]",
            "                  [--ctl=PATH] [--no-state] [--once] [--record-data]",
            "                  [--socket-group=NAME] [--socket-mode=MODE] [--standby]",
            "                  [--stats=FILE] [--backend=SPEC]... [--record=FILE]...",
            "                  [--set=KEY=VALUE]... [--state=FILE]..."
        },
        header = "Offers the card to hypervisors on a socket, until Ctrl-C.",
        description = {
            "",
            "Start this first, then the machine, which connects at its start. docs/hosts.md has the commands and says"
                    + " which hypervisor takes which protocol; vsnd doctor says it of those that are installed here."
                    + " vsnd boot IMAGE starts both.",
            ""
        },
        footer = {"", "Exit code 0 if all is well, 1 if a card stopped, 2 for wrong use."},
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class)
final class ServeCommand implements Callable<Integer> {
    private static final System.Logger LOGGER = System.getLogger(ServeCommand.class.getName());

    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private final SocketOptions sockets = new SocketOptions();

    @Option(
            names = "--backend",
            paramLabel = "SPEC",
            description = "Where sound goes and comes from (default: auto). The kinds are listed below, under backend;"
                    + " vsnd doctor lists sinks, sources, PCMs and mixers. Give it once for all sockets, or once"
                    + " for each.")
    private List<String> backends = new ArrayList<>();

    @Mixin
    private final CardOptions card = new CardOptions();

    @Option(
            names = "--stats",
            paramLabel = "FILE",
            description = "Writes one JSON object per second about streams, CPU and allocation, and one at the end.")
    private @Nullable Path statistics;

    @Option(
            names = "--ctl",
            paramLabel = "PATH",
            description =
                    "Makes a Unix socket for vsnd ctl, which only you may use: plug and unplug jacks, set volumes,"
                            + " see what the streams do.")
    private @Nullable Path control;

    @Mixin
    private final RecordOptions record = new RecordOptions();

    @Option(names = "--once", description = "Ends when the first client of each socket has gone.")
    private boolean once;

    @Option(
            names = "--any-memory-file",
            description = {
                "Accepts guest memory in files of any file system, not only memfd, tmpfs and hugetlbfs.",
                "If the pages of such a file never arrive (because a server hangs), all cards of this process stop."
            })
    private boolean anyMemoryFile;

    @Option(
            names = "--standby",
            description =
                    "Keeps a second process ready, which goes on at once when the one that serves is killed: a guest's"
                            + " programs may notice nothing.")
    private boolean withStandby;

    @Override
    public Integer call() throws IOException, PluginException, ServerException, InterruptedException {
        String supervised = System.getenv(StandbyWorker.FOLDER);
        String manager = System.getenv("NOTIFY_SOCKET");
        if (!withStandby) {
            return serve(activation(), manager);
        }
        if (sockets.giveDescriptors()) {
            throw wrong("--standby cannot pass --socket-fd and --vhost-user-fd on to the next process: leave --standby"
                    + " out, or hand the socket over as systemd does, in LISTEN_FDS");
        }
        if (supervised == null) {
            return supervise(activation(), manager);
        }
        StandbyWorker worker = new StandbyWorker(Path.of(supervised));
        ServedDevice.warmUp();
        RealtimePriority.request(ServedDevice.REALTIME_PRIORITY); // a guest waits from now on
        SocketActivation given = worker.await();
        StandbyWorker.endWithSupervisor();
        return serve(given, worker.manager());
    }

    private int supervise(SocketActivation activation, @Nullable String manager) throws IOException {
        try (Closing closing = new Closing(commandLine().getErr(), "no process is kept ready any more");
                Supervisor supervisor = new Supervisor(activation, manager)) {
            closing.add(supervisor::stop);
            return supervisor.run();
        }
    }

    private int serve(SocketActivation activation, @Nullable String managerAddress)
            throws PluginException, ServerException, InterruptedException {
        List<CardPlace> places = sockets.places(activation);
        ServiceManager manager = new ServiceManager(managerAddress, activation.stored());
        checkBackends(places.size());
        record.check(places);
        ClientRules rules = ServedDevice.rules(places.size(), anyMemoryFile);
        try (Closing closing = new Closing(commandLine().getErr(), "no sound card is served any more")) {
            List<ServedDevice> devices = new ArrayList<>();
            for (int i = 0; i < places.size(); i++) {
                Map<String, String> options = card.with(backend(i));
                devices.add(closing.add(new ServedDevice(places.get(i), rules, options, once, record.of(i), manager)));
            }
            openStatistics(closing, devices);
            if (control != null) {
                closing.add(new ControlSocket(control, new ControlledCards(devices)));
            }
            for (ServedDevice device : devices) {
                device.start();
                LOGGER.log(
                        System.Logger.Level.INFO,
                        "serving a sound card on " + shown(device.socket()) + " (" + device.front()
                                + "), sound through " + device.hostAudio());
            }
            if (withStandby) {
                closing.add(manager::handOver); // after the devices
            }
            manager.ready();
            RealtimePriority.giveUp();
            boolean allWell = true;
            for (ServedDevice device : devices) {
                allWell &= device.awaitEnd();
            }
            if (!Closing.signalled(Duration.ZERO)) {
                manager.stopping();
            }
            return allWell ? 0 : 1;
        }
    }

    /** A name that is not in the file system begins with {@code @}. */
    private static String shown(Path socket) {
        return (socket.toString().startsWith("@") ? socket : FileTrouble.whole(socket)).toString();
    }

    private void openStatistics(Closing closing, List<ServedDevice> devices) {
        if (statistics == null) {
            return;
        }
        try {
            closing.add(new StatisticsFile(statistics, devices));
        } catch (IOException e) {
            throw wrong("cannot write " + FileTrouble.whole(statistics) + " (" + FileTrouble.why(e)
                    + "): give --stats a file in a folder you may write to");
        }
    }

    private SocketActivation activation() {
        try {
            return SocketActivation.of(System.getenv(), ProcessHandle.current().pid());
        } catch (IllegalArgumentException e) {
            throw wrong(String.valueOf(e.getMessage()));
        }
    }

    private void checkBackends(int cards) {
        if (backends.size() > 1 && backends.size() != cards) {
            throw wrong("give --backend once for all sockets or once for each: there are " + cards + " sockets and "
                    + backends.size() + " back ends");
        }
        if (!backends.isEmpty() && card.gives("backend")) {
            throw wrong("--backend and --set backend= say the same thing: give one of them");
        }
        Set<Path> recordings = new HashSet<>();
        for (int i = 0; i < cards; i++) {
            String spec = card.with(backend(i)).getOrDefault("backend", "");
            if (spec.startsWith("wav:") && !recordings.add(recording(spec))) {
                throw wrong("several cards cannot write one WAV file: give --backend once for each socket");
            }
        }
    }

    private Path recording(String wavSpec) {
        String out = wavSpec.substring("wav:".length()).replaceFirst(",in=.*", "");
        try {
            return Path.of(out).toAbsolutePath().normalize();
        } catch (InvalidPathException e) {
            throw wrong("back end " + wavSpec + " names no file: give wav:OUT[,in=IN.wav]");
        }
    }

    private String backend(int index) {
        if (backends.isEmpty()) {
            return HostAudio.AUTO;
        }
        return backends.get(backends.size() == 1 ? 0 : index);
    }

    private ParameterException wrong(String message) {
        return new ParameterException(commandLine(), message);
    }

    private CommandLine commandLine() {
        if (spec == null) {
            throw new IllegalStateException("no command line");
        }
        return spec.commandLine();
    }
}
