// SPDX-License-Identifier: Apache-2.0
package org.vsnd.plugin.load;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.security.ProtectionDomain;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Loads classes and resources from JAR files in memory: there is nothing to close and no file to leave behind. */
final class MemoryClassLoader extends ClassLoader {
    /**
     * For all classes, instead of the usual domain, which names its class loader. Until JDK 24 a thread keeps the
     * domains of all code that took part in starting it: JNA's cleaner, and threads of the JDK that the plugin happens
     * to be the first to need, would otherwise keep the plugin.
     */
    private static final ProtectionDomain DOMAIN = new ProtectionDomain(null, null);

    static {
        registerAsParallelCapable();
    }

    private final List<MemoryJar> jars;

    /**
     * A loader.
     *
     * @param name for stack traces
     * @param parent asked first
     * @param jars searched in this order
     */
    MemoryClassLoader(String name, ClassLoader parent, List<MemoryJar> jars) {
        super(name, parent);
        this.jars = jars;
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        String path = name.replace('.', '/') + ".class";
        for (MemoryJar jar : jars) {
            byte[] bytes = jar.entry(path);
            if (bytes != null) {
                return defineClass(name, bytes, 0, bytes.length, DOMAIN);
            }
        }
        throw new ClassNotFoundException(name);
    }

    @Override
    protected @Nullable URL findResource(String name) {
        List<URL> urls = urls(name);
        return urls.isEmpty() ? null : urls.get(0);
    }

    @Override
    protected Enumeration<URL> findResources(String name) {
        return Collections.enumeration(urls(name));
    }

    private List<URL> urls(String name) {
        List<URL> urls = new ArrayList<>();
        for (MemoryJar jar : jars) {
            byte[] bytes = jar.entry(name);
            if (bytes != null) {
                urls.add(url(jar.name() + "!/" + name, bytes));
            }
        }
        return urls;
    }

    private static URL url(String path, byte[] bytes) {
        try {
            return new URL(null, "plugin:" + path, new BytesHandler(bytes));
        } catch (MalformedURLException e) {
            throw new IllegalStateException(path, e);
        }
    }

    /** A connection to the content of one URL. */
    private static final class BytesHandler extends URLStreamHandler {
        private final byte[] bytes;

        BytesHandler(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        protected URLConnection openConnection(URL url) {
            return new BytesConnection(url, bytes);
        }
    }

    private static final class BytesConnection extends URLConnection {
        private final byte[] bytes;

        BytesConnection(URL url, byte[] bytes) {
            super(url);
            this.bytes = bytes;
        }

        @Override
        public void connect() {
            // already in memory
        }

        @Override
        public InputStream getInputStream() {
            return new ByteArrayInputStream(bytes);
        }

        @Override
        public long getContentLengthLong() {
            return bytes.length;
        }
    }
}
