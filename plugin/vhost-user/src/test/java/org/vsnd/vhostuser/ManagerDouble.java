// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vhostuser;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.nativebind.libc.FileDescriptors;
import org.vsnd.nativebind.libc.ReceivedFds;
import org.vsnd.nativebind.libc.UnixDatagrams;
import org.vsnd.server.ServiceManager;

/** A service manager's file descriptor store, which reads its messages when it is asked. */
final class ManagerDouble implements AutoCloseable {
    private final Path address;
    private final UnixDatagrams inbox;
    private final Map<String, Integer> stored = new LinkedHashMap<>();
    private final ReceivedFds fds = new ReceivedFds();
    /** How many descriptors it takes. */
    int most = 100;

    private volatile boolean closing;
    private final Thread thread;

    ManagerDouble(Path folder) throws ErrnoException {
        address = folder.resolve("notify");
        inbox = UnixDatagrams.at(address.toString());
        thread = new Thread(this::run, "manager");
        thread.start();
    }

    private void run() {
        while (!closing) {
            try {
                read();
                Thread.sleep(1);
            } catch (ErrnoException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private synchronized void read() throws ErrnoException {
        for (String text = inbox.receive(fds); !text.isEmpty(); text = inbox.receive(fds)) {
            Map<String, String> field = new TreeMap<>();
            text.lines().forEach(line -> field.put(line.split("=", 2)[0], line.split("=", 2)[1]));
            String name = field.getOrDefault("FDNAME", "");
            if (field.containsKey("FDSTORE") && stored.size() < most) {
                stored.put(name, fds.take(0));
            } else if (field.containsKey("FDSTOREREMOVE") && stored.containsKey(name)) {
                FileDescriptors.close(stored.remove(name));
            }
            fds.closeAll();
        }
    }

    /** How many are stored, when all messages are read. */
    synchronized int count() {
        try {
            read();
        } catch (ErrnoException e) {
            throw new IllegalStateException(e);
        }
        return stored.size();
    }

    /** As the next process of the service finds it. */
    synchronized ServiceManager start() throws ErrnoException {
        read();
        Map<String, Integer> passed = new TreeMap<>();
        for (Map.Entry<String, Integer> each : stored.entrySet()) {
            passed.put(each.getKey(), FileDescriptors.duplicate(each.getValue()));
        }
        return new ServiceManager(address.toString(), passed);
    }

    @Override
    public void close() {
        closing = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        stored.values().forEach(FileDescriptors::close);
        inbox.close();
    }
}
