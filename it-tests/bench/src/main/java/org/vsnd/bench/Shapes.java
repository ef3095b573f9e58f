// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench;

import java.util.List;

/** The shapes everything is measured with; the smallest a driver accepts is asked for where it is used. */
final class Shapes {
    static final List<Shape> COMMON = List.of(Shape.ofPeriod(1024), Shape.ofPeriod(960), Shape.ofPeriod(480));

    private Shapes() {}
}
