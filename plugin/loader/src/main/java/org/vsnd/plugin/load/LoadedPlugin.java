// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin.load;

import java.lang.reflect.InvocationTargetException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.vsnd.spi.Host;
import org.vsnd.spi.PciDevicePlugin;
import org.vsnd.spi.PciFunction;
import org.vsnd.spi.PluginException;

/**
 * A plugin from an archive, in a class loader of its own: of the host it sees the JDK and {@code org.vsnd.spi}, so its
 * libraries and the host's may be of any versions. Used like a {@link PciDevicePlugin} that the host has itself.
 *
 * <p>The archive is read into memory; no file stays open and none is made. After {@link #close} nothing of the plugin
 * is left, and its class loader is collected as soon as the host has dropped everything it was given: tasks, abilities,
 * exceptions. Only the packages that {@code plugin.yaml} calls resident stay for the life of the JVM: some megabytes
 * for each set of JAR files that holds them. A plugin finds an ability of its host ({@link Host#ability}) only if its
 * type belongs to the SPI or to the JDK.
 *
 * <p>Any thread; a function belongs to its host's device thread.
 */
public final class LoadedPlugin implements PciDevicePlugin, AutoCloseable {
    private final PluginDescriptor descriptor;
    /** The open functions; guarded by itself. */
    private final Set<LoadedFunction> functions = Collections.newSetFromMap(new IdentityHashMap<>());

    private @Nullable PciDevicePlugin plugin; // guarded by functions; null: closed

    private LoadedPlugin(PluginDescriptor descriptor, PciDevicePlugin plugin) {
        this.descriptor = descriptor;
        this.plugin = plugin;
    }

    /**
     * Reads an archive and makes the plugin's entry class, nothing more.
     *
     * @param archiveOrFolder {@code virtio-snd-plugin-VERSION.zip}, or the folder into which it was unpacked
     * @throws PluginException if it is not a plugin for this host; the message is one sentence that names the file, the
     *     line if there is one, and what is expected
     */
    public static LoadedPlugin open(Path archiveOrFolder) throws PluginException {
        PluginFiles files = PluginFiles.read(archiveOrFolder);
        Manifest manifest = Manifest.read(files.manifest(), files.manifestSource());
        List<MemoryJar> resident = new ArrayList<>();
        List<MemoryJar> own = new ArrayList<>();
        for (MemoryJar jar : files.jars()) {
            (isResident(jar, manifest.descriptor()) ? resident : own).add(jar);
        }
        ClassLoader below = resident.isEmpty() ? new HostClassLoader() : ResidentLoaders.of(resident);
        ClassLoader loader = new MemoryClassLoader(manifest.descriptor().id(), below, own);
        return new LoadedPlugin(manifest.descriptor(), entry(manifest, loader));
    }

    private static boolean isResident(MemoryJar jar, PluginDescriptor descriptor) {
        return descriptor.residentPackages().stream().anyMatch(jar::hasPackage);
    }

    private static PciDevicePlugin entry(Manifest manifest, ClassLoader loader) throws PluginException {
        String id = manifest.descriptor().id();
        String className = manifest.descriptor().className();
        String complaint = manifest.classAt() + ": class " + className;
        try {
            Class<?> type = Class.forName(className, true, loader);
            if (!PciDevicePlugin.class.isAssignableFrom(type)) {
                throw new PluginException(complaint + " is not a plugin: expected a class that implements "
                        + PciDevicePlugin.class.getName());
            }
            PciDevicePlugin plugin =
                    type.asSubclass(PciDevicePlugin.class).getConstructor().newInstance();
            if (!plugin.id().equals(id)) {
                throw new PluginException(
                        complaint + " calls itself " + plugin.id() + ": expected " + id + ", as 'id' says");
            }
            return plugin;
        } catch (ClassNotFoundException e) {
            throw new PluginException(complaint + " is in none of lib/*.jar: expected the plugin's entry class", e);
        } catch (ReflectiveOperationException | LinkageError e) {
            throw new PluginException(
                    complaint + " cannot be made (" + why(e)
                            + "): expected a public class with a public constructor without" + " parameters, for Java "
                            + Runtime.version().feature() + " or earlier",
                    e);
        }
    }

    /** In words: the message of some of these exceptions is only a name, or missing. */
    private static String why(Throwable e) {
        if (e instanceof InvocationTargetException || e instanceof ExceptionInInitializerError) {
            return "its own code failed: " + e.getCause();
        }
        if (e instanceof NoSuchMethodException) {
            return "it has no such constructor";
        }
        if (e instanceof InstantiationException) {
            return "it is abstract";
        }
        return (e instanceof NoClassDefFoundError ? "there is no class " : "") + e.getMessage();
    }

    /** The contents of {@code plugin.yaml}. */
    public PluginDescriptor descriptor() {
        return descriptor;
    }

    @Override
    public String id() {
        return descriptor.id();
    }

    /** {@inheritDoc} */
    @Override
    public PciFunction create(Host host, Map<String, String> options) throws PluginException {
        PciDevicePlugin open;
        synchronized (functions) {
            open = plugin;
        }
        if (open == null) {
            throw new IllegalStateException("the plugin is closed");
        }
        LoadedFunction function = new LoadedFunction(open.create(host, options), this::forget);
        synchronized (functions) {
            if (plugin != null) {
                functions.add(function);
                return function;
            }
        }
        function.close();
        throw new IllegalStateException("the plugin is closed");
    }

    private void forget(LoadedFunction function) {
        synchronized (functions) {
            functions.remove(function);
        }
    }

    /**
     * Closes the functions that are still open, and waits until what they play has been heard or written. A host closes
     * each on its device thread beforehand; those left over are closed on this thread, and their device threads must be
     * this one or have ended. Idempotent.
     */
    @Override
    public void close() {
        List<LoadedFunction> left;
        synchronized (functions) {
            plugin = null;
            left = List.copyOf(functions);
        }
        RuntimeException failure = null;
        for (LoadedFunction function : left) {
            try {
                function.close();
            } catch (RuntimeException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
