// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin.archive;

import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;
import org.vsnd.guest.host.FlatMemory;
import org.vsnd.guest.host.InterruptLog;
import org.vsnd.guest.host.VirtualBus;
import org.vsnd.guest.host.VirtualHost;
import org.vsnd.guest.host.WallBus;
import org.vsnd.guest.host.WallHost;
import org.vsnd.nativebind.libc.LibC;
import org.vsnd.nativebind.libc.RealtimePriority;
import org.vsnd.plugin.load.LoadedPlugin;
import org.vsnd.spi.PciDevicePlugin;
import org.vsnd.spi.PciFunction;
import org.vsnd.spi.PluginException;

/**
 * An emulator that brings libraries of its own, old ones: it loads the archive, lets a guest play and closes everything.
 * Runs in a class loader of its own; the test and it have only types of the JDK in common. It is given {@code archive},
 * {@code backend}, {@code periods}, {@code time} (wall or virtual), {@code close} (card or plugin), and the names of its
 * libraries, {@code jna} and {@code guava}. What it gives back is the plugin's class loader.
 */
public final class OldEmulator implements Function<Map<String, String>, WeakReference<ClassLoader>> {
    private static final int VECTORS = 2048;
    private static final long RAM_ADDRESS = 0x8000_0000L;

    @Override
    public WeakReference<ClassLoader> apply(Map<String, String> run) {
        try {
            requireOwn("com.sun.jna.Native", run.get("jna"));
            requireOwn("com.google.common.base.Joiner", run.get("guava"));
            requireJnaWorks();
            WeakReference<ClassLoader> loader =
                    run.get("time").equals("wall") ? playByTheWallClock(run) : playInVirtualTime(run);
            requireJnaWorks();
            return loader;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static WeakReference<ClassLoader> playInVirtualTime(Map<String, String> run) throws Exception {
        try (LoadedPlugin plugin = LoadedPlugin.open(Path.of(run.get("archive")))) {
            WatchedPlugin watched = new WatchedPlugin(plugin);
            VirtualBus bus = virtualHost(watched, Map.of("backend", run.get("backend")));
            requireRefusal(watched);
            PlayingGuest.play(bus, Integer.parseInt(run.get("periods")));
            if (run.get("close").equals("card")) {
                bus.close();
            }
            requireApart(watched.loader());
            return new WeakReference<>(watched.loader());
        }
    }

    /** A machine with time of its own and an interrupt line. */
    private static VirtualBus virtualHost(PciDevicePlugin plugin, Map<String, String> options) throws PluginException {
        VirtualHost host =
                new VirtualHost(FlatMemory.open(RAM_ADDRESS, PlayingGuest.RAM_BYTES), new InterruptLog(0, false));
        return new VirtualBus(host, plugin.create(host, options));
    }

    private static WeakReference<ClassLoader> playByTheWallClock(Map<String, String> run) throws Exception {
        try (LoadedPlugin plugin = LoadedPlugin.open(Path.of(run.get("archive")))) {
            WallHost host = new WallHost(
                    FlatMemory.open(0, PlayingGuest.RAM_BYTES),
                    new InterruptLog(VECTORS, false),
                    () -> RealtimePriority.request(50));
            WatchedPlugin watched = new WatchedPlugin(plugin);
            PciFunction card = watched.create(host, Map.of("backend", run.get("backend")));
            try (WallBus bus = new WallBus(host, card)) {
                PlayingGuest.play(bus, Integer.parseInt(run.get("periods")));
            }
            requireApart(watched.loader());
            return new WeakReference<>(watched.loader());
        }
    }

    private static void requireRefusal(PciDevicePlugin plugin) {
        try {
            virtualHost(plugin, Map.of("volume", "11")).close();
        } catch (PluginException e) {
            return;
        }
        throw new IllegalStateException("an unknown option was taken");
    }

    /** The library is the old one, not that of the test's class path. */
    private static void requireOwn(String className, String jar) throws ClassNotFoundException {
        String location = Class.forName(className)
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toString();
        if (!location.endsWith("/" + jar)) {
            throw new IllegalStateException(className + " is from " + location);
        }
    }

    private static void requireJnaWorks() {
        if (LibC.getpid() != ProcessHandle.current().pid()) {
            throw new IllegalStateException("this process has another number");
        }
    }

    /** The plugin has a JNA of its own, and does not see the host's Guava. */
    private static void requireApart(ClassLoader plugins) throws ClassNotFoundException {
        if (plugins.loadClass("com.sun.jna.Native") == Class.forName("com.sun.jna.Native")) {
            throw new IllegalStateException("the plugin uses the host's JNA");
        }
        if (sees(plugins, "com.google.common.base.Joiner")) {
            throw new IllegalStateException("the plugin sees the host's Guava");
        }
    }

    private static boolean sees(ClassLoader loader, String className) {
        try {
            loader.loadClass(className);
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }
}
