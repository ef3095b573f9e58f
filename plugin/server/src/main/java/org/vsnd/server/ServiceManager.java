// SPDX-License-Identifier: Apache-2.0
package org.vsnd.server;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.nativebind.libc.FileDescriptors;
import org.vsnd.nativebind.libc.UnixDatagrams;

/**
 * The service manager that has started this process, if it can be told something: sd_notify(3). It keeps descriptors for the
 * next process of the service. Any thread.
 */
public final class ServiceManager {
    /** With this begins the name of each descriptor that is stored. */
    public static final String PREFIX = "vsndkept-";

    /** There is none. */
    public static final ServiceManager NONE = new ServiceManager(null, Map.of());

    private static final System.Logger LOGGER = System.getLogger(ServiceManager.class.getName());

    private static final long PAUSE_NANOS = 1_000_000;

    private final @Nullable String address;
    private final TreeMap<String, Integer> left;

    /**
     * One that can be told something.
     *
     * @param address the name of its socket, as {@code NOTIFY_SOCKET} has it; null or empty if there is none
     * @param left what the process before has stored, by name; from now on this object's
     */
    public ServiceManager(@Nullable String address, Map<String, Integer> left) {
        this.address = address == null || address.isEmpty() ? null : address;
        this.left = new TreeMap<>(left);
        left.values().forEach(FileDescriptors::setCloseOnExec);
    }

    /**
     * A part of its store.
     *
     * @param prefix with this begin its names
     * @return null if there is no manager that can be told something
     */
    public synchronized @Nullable DescriptorStore store(String prefix, EventLoop loop) {
        if (address == null) {
            return null;
        }
        try {
            UnixDatagrams manager = UnixDatagrams.to(address);
            SortedMap<String, Integer> own = left.subMap(prefix, prefix + Character.MAX_VALUE);
            DescriptorStore store = new DescriptorStore(manager, own, loop);
            own.clear();
            return store;
        } catch (ErrnoException | IllegalArgumentException e) {
            LOGGER.log(
                    System.Logger.Level.WARNING,
                    "the service manager cannot be reached, and machines will lose their cards with this process: "
                            + e.getMessage());
            return null;
        }
    }

    /**
     * Tells it that everything is served, and removes what the process before has stored and no card knows. Waits until it has
     * room for that, so on no device's thread.
     */
    public synchronized void ready() {
        if (address == null) {
            return;
        }
        try (UnixDatagrams manager = UnixDatagrams.to(address)) {
            sendPatiently(manager, "READY=1");
            if (!left.isEmpty()) {
                LOGGER.log(
                        System.Logger.Level.WARNING,
                        left.size()
                                + " descriptors of the process before belong to no card of this one, and are dropped:"
                                + " was a state file removed, or a socket left out?");
            }
            for (Map.Entry<String, Integer> each : left.entrySet()) {
                FileDescriptors.close(each.getValue());
                sendPatiently(manager, "FDSTOREREMOVE=1\nFDNAME=" + each.getKey());
            }
            left.clear();
        } catch (ErrnoException | IllegalArgumentException e) {
            LOGGER.log(System.Logger.Level.WARNING, "the service manager cannot be reached: " + e.getMessage());
        }
    }

    private static void sendPatiently(UnixDatagrams manager, String text) throws ErrnoException {
        while (!manager.send(text)) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /** Tells it that this process ends by itself, and is not to be replaced. */
    public void stopping() {
        tell("STOPPING=1");
    }

    /** Tells a supervisor of our own that another process can go on now. */
    public void handOver() {
        tell("HANDOVER=1");
    }

    private void tell(String line) {
        if (address != null) {
            try (UnixDatagrams manager = UnixDatagrams.to(address)) {
                manager.send(line);
            } catch (ErrnoException | IllegalArgumentException e) {
                LOGGER.log(System.Logger.Level.DEBUG, "the service manager cannot be reached", e);
            }
        }
    }
}
