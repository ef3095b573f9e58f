// SPDX-License-Identifier: Apache-2.0
/** Where the archive that hosts load is made and tested; there is no code. */
@NullMarked
package org.vsnd.plugin.archive;

import org.jspecify.annotations.NullMarked;
