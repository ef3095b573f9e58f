// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin.load;

import org.vsnd.spi.PciDevicePlugin;

/** The part of its host that a plugin sees: the JDK, and the host's own types of {@code org.vsnd.spi}. */
final class HostClassLoader extends ClassLoader {
    private static final String SPI = PciDevicePlugin.class.getPackageName() + ".";

    static {
        registerAsParallelCapable();
    }

    HostClassLoader() {
        super("vsnd-host", getPlatformClassLoader());
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        if (name.startsWith(SPI)) {
            return Class.forName(name, false, PciDevicePlugin.class.getClassLoader());
        }
        throw new ClassNotFoundException(name);
    }
}
