// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin.archive;

import java.util.Map;
import java.util.Optional;
import org.vsnd.spi.DeviceThread;
import org.vsnd.spi.GuestMemory;
import org.vsnd.spi.Host;
import org.vsnd.spi.PciDevicePlugin;
import org.vsnd.spi.PciFunction;
import org.vsnd.spi.PciInterrupts;
import org.vsnd.spi.PluginException;
import org.vsnd.spi.TimeBase;
import org.vsnd.spi.Timer;
import org.vsnd.spi.Wakeup;

/** A plugin, watched: whose tasks it gives its hosts, and so which class loader is behind it. */
final class WatchedPlugin implements PciDevicePlugin {
    private final PciDevicePlugin plugin;
    private ClassLoader loader = ClassLoader.getPlatformClassLoader();

    WatchedPlugin(PciDevicePlugin plugin) {
        this.plugin = plugin;
    }

    /** The class loader of the last task. */
    ClassLoader loader() {
        return loader;
    }

    @Override
    public String id() {
        return plugin.id();
    }

    @Override
    public PciFunction create(Host host, Map<String, String> options) throws PluginException {
        return plugin.create(new WatchedHost(host), options);
    }

    private final class WatchedHost implements Host {
        private final Host host;
        private final DeviceThread thread;

        WatchedHost(Host host) {
            this.host = host;
            thread = new WatchedThread(host.thread());
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
    }

    private final class WatchedThread implements DeviceThread {
        private final DeviceThread thread;

        WatchedThread(DeviceThread thread) {
            this.thread = thread;
        }

        @Override
        public long nanoTime() {
            return thread.nanoTime();
        }

        @Override
        public TimeBase timeBase() {
            return thread.timeBase();
        }

        @Override
        public Timer timer(Runnable task) {
            loader = task.getClass().getClassLoader();
            return thread.timer(task);
        }

        @Override
        public Wakeup wakeup(Runnable task) {
            return thread.wakeup(task);
        }
    }
}
