// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.serve;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.vsnd.server.ServiceManager;

/**
 * The listening sockets that a service manager opened for this process, as sd_listen_fds(3) describes it: the variables
 * {@code LISTEN_FDS}, {@code LISTEN_PID} and {@code LISTEN_FDNAMES}. A socket's name is its front's protocol.
 *
 * @param sockets in the manager's order
 * @param stored descriptors that the process before has stored, by name
 * @param elsewhere for people: that there are some, but for another process
 */
public record SocketActivation(List<Given> sockets, Map<String, Integer> stored, Optional<String> elsewhere) {
    private static final int FIRST_FD = 3;
    /** Far more than a process may have. */
    private static final String NUMBER = "\\d{1,6}";

    private static final SocketActivation NONE = new SocketActivation(List.of(), Map.of(), Optional.empty());

    public SocketActivation {
        sockets = List.copyOf(sockets);
        stored = Map.copyOf(stored);
    }

    /**
     * One socket.
     *
     * @param fd its descriptor
     * @param name what the manager calls it
     */
    public record Given(int fd, String name) {
        /**
         * How it is to be served.
         *
         * @throws IllegalArgumentException a sentence, if its name does not say so
         */
        public Front front() {
            return Stream.of(Front.values())
                    .filter(front -> front.protocol().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(
                            "the service manager's socket on descriptor " + fd + " is named '" + name
                                    + "', which is no protocol: write FileDescriptorName=vfio-user or"
                                    + " FileDescriptorName=vhost-user into its unit"));
        }
    }

    /**
     * What a process was given.
     *
     * @param environment the process's
     * @param pid the process's
     * @throws IllegalArgumentException a sentence, if the variables contradict each other
     */
    public static SocketActivation of(Map<String, String> environment, long pid) {
        String count = environment.getOrDefault("LISTEN_FDS", "");
        if (count.isEmpty()) {
            return NONE;
        }
        String whose = environment.getOrDefault("LISTEN_PID", "");
        if (!whose.equals(Long.toString(pid))) {
            return new SocketActivation(
                    List.of(),
                    Map.of(),
                    Optional.of("the service manager's sockets are for the process " + whose + ", and this is " + pid
                            + ": let its unit start vsnd without a shell between them"));
        }
        if (!count.matches(NUMBER)) {
            throw new IllegalArgumentException("LISTEN_FDS is '" + count + "', but should be a number of sockets");
        }
        int fds = Integer.parseInt(count);
        String names = environment.getOrDefault("LISTEN_FDNAMES", "");
        String[] name = names.split(":", -1);
        if (!names.isEmpty() && name.length != fds) {
            throw new IllegalArgumentException(
                    "LISTEN_FDS has " + fds + " sockets, but LISTEN_FDNAMES has " + name.length + " names");
        }
        List<Given> sockets = new ArrayList<>();
        Map<String, Integer> stored = new HashMap<>();
        for (int i = 0; i < fds; i++) {
            if (name[Math.min(i, name.length - 1)].startsWith(ServiceManager.PREFIX)) {
                stored.put(name[i], FIRST_FD + i);
            } else {
                sockets.add(new Given(FIRST_FD + i, names.isEmpty() ? "" : name[i]));
            }
        }
        return new SocketActivation(sockets, stored, Optional.empty());
    }
}
