package org.vsnd.plugin.archive;

import java.lang.ref.WeakReference;
import java.util.Optional;
import org.vsnd.spi.DeviceThread;
import org.vsnd.spi.GuestMemory;
import org.vsnd.spi.Host;
import org.vsnd.spi.PciInterrupts;
import org.vsnd.spi.TimeBase;
import org.vsnd.spi.Timer;
import org.vsnd.spi.Wakeup;

/** A host that notes whose tasks it is given: the device's, and so the class loader of the plugin. */
final class WatchedHost implements Host {
    private final Host host;
    private final DeviceThread thread = new WatchedThread();
    private WeakReference<ClassLoader> loader = new WeakReference<>(null);

    WatchedHost(Host host) {
        this.host = host;
    }

    /** The class loader of the last task. */
    WeakReference<ClassLoader> loader() {
        return loader;
    }

    @Override
    public GuestMemory memory() {
        return host.memory();
    }

    @Override
    public PciInterrupts interrupts() {
        return host.interrupts();
    }

    @Override
    public DeviceThread thread() {
        return thread;
    }

    @Override
    public <T> Optional<T> ability(Class<T> type) {
        return host.ability(type);
    }

    private final class WatchedThread implements DeviceThread {
        @Override
        public long nanoTime() {
            return host.thread().nanoTime();
        }

        @Override
        public TimeBase timeBase() {
            return host.thread().timeBase();
        }

        @Override
        public Timer timer(Runnable task) {
            loader = new WeakReference<>(task.getClass().getClassLoader());
            return host.thread().timer(task);
        }

        @Override
        public Wakeup wakeup(Runnable task) {
            return host.thread().wakeup(task);
        }
    }
}
