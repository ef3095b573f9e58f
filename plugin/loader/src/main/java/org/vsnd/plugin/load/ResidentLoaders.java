// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin.load;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The class loaders of resident packages. Native code keeps the classes it was bound to, and so their class loader, for
 * the life of the JVM (JNA's direct mappings do). So there is one loader for the same JAR files, however often they are
 * opened and wherever they are. Other JAR files get another loader, which stays as well. Any thread.
 */
final class ResidentLoaders {
    private static final Map<String, ClassLoader> LOADERS = new HashMap<>(); // by content; guarded by itself

    private ResidentLoaders() {}

    /** The loader of these JAR files. */
    static ClassLoader of(List<MemoryJar> jars) {
        String content = jars.stream().map(MemoryJar::sha256).collect(Collectors.joining(" "));
        synchronized (LOADERS) {
            return LOADERS.computeIfAbsent(
                    content, unknown -> new MemoryClassLoader("vsnd-resident", new HostClassLoader(), jars));
        }
    }
}
