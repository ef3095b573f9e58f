package org.vsnd.cli;

import java.util.ArrayDeque;
import java.util.Deque;
import org.vsnd.cli.boot.Children;

/**
 * What has to be closed before the process ends, also when a signal ends it: what was added first is closed first,
 * then child processes end. Any thread.
 */
final class Closing implements AutoCloseable {
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private boolean ended;
    private final Thread hook = new Thread(this::closeAll, "vsnd-shutdown");

    Closing() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Adds something and returns it; closes it at once if the end has come meanwhile. */
    synchronized <T extends AutoCloseable> T add(T resource) {
        open.addLast(resource);
        if (ended) {
            closeAll();
        }
        return resource;
    }

    @Override
    public void close() {
        closeAll();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is ending already: the hook has done, or waits to find nothing left to do.
            return;
        }
    }

    private synchronized void closeAll() {
        ended = true;
        while (!open.isEmpty()) {
            try {
                open.removeFirst().close();
            } catch (Exception e) {
                System.getLogger(Closing.class.getName()).log(System.Logger.Level.WARNING, "while ending: " + e.getMessage(), e);
            }
        }
        Children.endAll();
    }
}
