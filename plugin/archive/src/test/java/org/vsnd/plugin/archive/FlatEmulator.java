// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin.archive;

import java.util.Map;
import java.util.ServiceLoader;
import java.util.function.Function;
import org.vsnd.guest.host.FlatMemory;
import org.vsnd.guest.host.InterruptLog;
import org.vsnd.guest.host.VirtualBus;
import org.vsnd.guest.host.VirtualHost;
import org.vsnd.spi.PciDevicePlugin;

/**
 * An emulator that has the archive's {@code lib/*.jar} on its class path. Runs in a class loader of its own; it is given
 * {@code backend} and {@code periods} and gives back which plugins it has found.
 */
public final class FlatEmulator implements Function<Map<String, String>, String> {
    @Override
    public String apply(Map<String, String> run) {
        StringBuilder found = new StringBuilder();
        for (PciDevicePlugin plugin :
                ServiceLoader.load(PciDevicePlugin.class, getClass().getClassLoader())) {
            found.append(plugin.id());
            VirtualHost host =
                    new VirtualHost(FlatMemory.open(0, PlayingGuest.RAM_BYTES), new InterruptLog(2048, false));
            try (VirtualBus bus = new VirtualBus(host, plugin.create(host, Map.of("backend", run.get("backend"))))) {
                PlayingGuest.play(bus, Integer.parseInt(run.get("periods")));
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
        return found.toString();
    }
}
