// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.vsnd.cli.serve.CardPlace;
import org.vsnd.cli.serve.Front;
import org.vsnd.cli.serve.SocketActivation;
import org.vsnd.cli.serve.StateFolder;
import org.vsnd.server.Endpoint;
import org.vsnd.server.ServerException;
import org.vsnd.server.SocketAccess;
import org.vsnd.vhostuser.StateFile;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options that say where cards are served: one card each, in the order in which they are given. */
final class SocketOptions {
    private static final int OCTAL = 8;
    private static final int MAX_MODE = 0777;

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec spec;

    @ArgGroup(multiplicity = "0..*")
    private List<Place> places = new ArrayList<>();

    @Option(
            names = "--socket-mode",
            paramLabel = "MODE",
            description = "The permission bits of sockets that are made, octal (default: 0600).")
    private @Nullable String mode;

    @Option(
            names = "--socket-group",
            paramLabel = "NAME",
            description =
                    "The group of sockets that are made, for example libvirt-qemu or kvm with --socket-mode 0660.")
    private @Nullable String group;

    @Option(
            names = "--state",
            paramLabel = "FILE",
            description =
                    "Keeps what another vsnd must know to go on with the card's guest: once for each --vhost-user and"
                            + " --vhost-user-fd (default: a file beside the socket). docs/hosts.md says how a"
                            + " card is restarted under its guest.")
    private List<Path> states = new ArrayList<>();

    @Option(names = "--no-state", description = "Keeps nothing: a guest's card is gone when vsnd ends.")
    private boolean noState;

    /** One of these. */
    static final class Place {
        @Option(
                names = "--socket",
                paramLabel = "PATH",
                description = "Unix socket to listen on, with the vfio-user protocol: for QEMU 10.1 or later and"
                        + " cloud-hypervisor. All four of these options may be given several times, and mixed: each is a"
                        + " sound card of its own.")
        private @Nullable Path vfioUser;

        @Option(
                names = "--vhost-user",
                paramLabel = "PATH",
                description =
                        "Like --socket, with the vhost-user protocol: for QEMU 9.0 or later, crosvm, cloud-hypervisor 52,"
                                + " libkrun 2, ...")
        private @Nullable Path vhostUser;

        @Option(
                names = "--socket-fd",
                paramLabel = "FD",
                description =
                        "The descriptor of a Unix socket that listens already, instead of --socket. Those that systemd"
                                + " hands over need no option: FileDescriptorName= in their units is vfio-user or"
                                + " vhost-user.")
        private @Nullable Integer vfioUserFd;

        @Option(
                names = "--vhost-user-fd",
                paramLabel = "FD",
                description = "Like --socket-fd, instead of --vhost-user.")
        private @Nullable Integer vhostUserFd;

        Front front() {
            return vhostUser == null && vhostUserFd == null ? Front.VFIO_USER : Front.VHOST_USER;
        }

        @Nullable
        Path file() {
            return vfioUser == null ? vhostUser : vfioUser;
        }

        boolean givesDescriptor() {
            return vfioUserFd != null || vhostUserFd != null;
        }

        int fd() {
            Integer fd = vfioUserFd == null ? vhostUserFd : vfioUserFd;
            if (fd == null) {
                throw new IllegalStateException("no descriptor");
            }
            return fd;
        }
    }

    /** Whether a socket on the command line is a descriptor. */
    boolean giveDescriptors() {
        return places.stream().anyMatch(Place::givesDescriptor);
    }

    /**
     * Where each card is to be served: those on the command line, then those of the service manager.
     *
     * @throws ServerException if a descriptor is not that of a listening socket
     */
    List<CardPlace> places(SocketActivation manager) throws ServerException {
        SocketAccess access = new SocketAccess(mode(), group);
        List<CardPlace> all = new ArrayList<>();
        Set<Integer> fds = new HashSet<>();
        boolean makesOne = false;
        for (Place place : places) {
            Path file = place.file();
            if (file != null) {
                makesOne = true;
                all.add(new CardPlace(place.front(), Endpoint.file(file, access)));
                continue;
            }
            if (place.fd() < 0 || !fds.add(place.fd())) {
                throw wrong("descriptor " + place.fd() + " is " + (place.fd() < 0 ? "negative" : "given twice")
                        + ": give each socket's own");
            }
            all.add(new CardPlace(place.front(), Endpoint.inherited(place.fd())));
        }
        for (SocketActivation.Given given : manager.sockets()) {
            if (fds.add(given.fd())) {
                all.add(new CardPlace(front(given), Endpoint.inherited(given.fd())));
            }
        }
        if (all.isEmpty()) {
            throw wrong("give --socket PATH or --vhost-user PATH"
                    + manager.elsewhere().map(elsewhere -> "; " + elsewhere).orElse(""));
        }
        if (!makesOne && (mode != null || group != null)) {
            throw wrong("--socket-mode and --socket-group are for sockets that vsnd makes: set SocketMode= and"
                    + " SocketGroup= where this one is made");
        }
        return withStates(all);
    }

    private List<CardPlace> withStates(List<CardPlace> all) {
        long cards =
                all.stream().filter(each -> each.front() == Front.VHOST_USER).count();
        if (!states.isEmpty() && (states.size() != cards || new HashSet<>(states).size() != cards)) {
            throw wrong("give --state once for each card over vhost-user, each a file of its own: there are " + cards
                    + " cards and " + states.size() + " files");
        }
        if (noState) {
            if (!states.isEmpty()) {
                throw wrong("--state and --no-state contradict each other: give one of them");
            }
            return all;
        }
        StateFolder folder = new StateFolder(System.getenv());
        Iterator<Path> state = states.iterator();
        return all.stream()
                .map(each -> each.front() == Front.VHOST_USER
                        ? new CardPlace(
                                each.front(),
                                each.endpoint(),
                                state.hasNext() ? new StateFile(state.next(), true) : folder.of(each.endpoint()))
                        : each)
                .toList();
    }

    private Front front(SocketActivation.Given given) {
        try {
            return given.front();
        } catch (IllegalArgumentException e) {
            throw wrong(String.valueOf(e.getMessage()));
        }
    }

    private int mode() {
        if (mode == null) {
            return SocketAccess.OWNER_ONLY.mode();
        }
        if (!mode.matches("0?[0-7]{1,3}")) {
            throw wrong("--socket-mode " + mode + " is wrong: give octal permission bits from 0 to "
                    + Integer.toOctalString(MAX_MODE) + ", for example 0660");
        }
        return Integer.parseInt(mode, OCTAL);
    }

    private ParameterException wrong(String message) {
        if (spec == null) {
            throw new IllegalStateException("no command line");
        }
        return new ParameterException(spec.commandLine(), message);
    }
}
