// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.haiku;

import java.util.ArrayList;
import java.util.List;

/** Counting semaphores by number. The first exists before any driver makes one. */
final class Semaphores {
    /** The exit of the first idle thread: count 0, released by nobody who means it. */
    static final int THREAD_1_EXIT = 0;

    private static final class Semaphore {
        final String name;
        int count;
        boolean deleted;

        Semaphore(int count, String name) {
            this.count = count;
            this.name = name;
        }
    }

    private final List<Semaphore> all = new ArrayList<>();

    Semaphores() {
        create(0, "thread_1_retcode_sem");
    }

    int create(int count, String name) {
        all.add(new Semaphore(count, name));
        return all.size() - 1;
    }

    void delete(int id) {
        all.get(id).deleted = true;
    }

    void release(int id) {
        all.get(id).count++;
    }

    /** Whether acquiring it would not wait; one that was deleted makes nobody wait. */
    boolean isAvailable(int id) {
        return all.get(id).deleted || all.get(id).count > 0;
    }

    /** Takes what is available. */
    void take(int id) {
        if (!all.get(id).deleted) {
            all.get(id).count--;
        }
    }

    String name(int id) {
        return all.get(id).name;
    }
}
