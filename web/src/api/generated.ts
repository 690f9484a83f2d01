/** Types of the service’s interface, made from its OpenAPI document by `npm run types`. Do not edit. */
export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description A dataset in use. */
        DatasetView: {
            content_hash: string;
            created_at: string;
            kind: string;
            name: string;
            /** Format: int64 */
            rows: number;
            /** Format: int64 */
            version: number;
        };
        /** @description One fault of a refused document. */
        FieldProblem: {
            /** @description What is wrong, in English. */
            detail_en: string;
            /** @description What is wrong, in Vietnamese. */
            detail_vi: string;
            /** @description Field, as a path. */
            field: string;
            /** @description Line in the document, from 1; 0 where it has none. */
            line: number;
        };
        /** @description An import with its report. */
        ImportView: {
            created_at: string;
            /** @description What a commit would change: added, moved, changed, removed, unchanged; null for rasters. */
            difference?: Record<string, never> | null;
            files: string[];
            id: string;
            kind: string;
            /** @description How the files were read: coordinate system, operator, province, corrected columns, decisions on rows. */
            options: Record<string, never>;
            /** @description Rows in, accepted, repaired, rejected; how coordinates were understood; every row. */
            report: Record<string, never>;
            /** @description awaiting_commit, committed or discarded. */
            status: string;
        };
        /** @description A layer of a run and how it is shown. */
        LayerView: {
            key: string;
            legend: components["schemas"]["LegendStop"][];
            /**
             * Format: int32
             * @description Deepest zoom that has tiles, where that is less than the pyramid's.
             */
            maximum_zoom?: number | null;
            operator?: string | null;
            quantity: string;
            technology: string;
            /**
             * Format: double
             * @description Below it the layer is transparent.
             */
            threshold?: number | null;
            /** @description Address of its tiles, with {z}, {x}, {y}. */
            tiles: string;
            unit: string;
            /**
             * Format: int32
             * @description The layer's own zoom: what is shown there is what was computed.
             */
            zoom: number;
        };
        /** @description A colour and its value. */
        LegendStop: {
            color: string;
            /** Format: float */
            value: number;
        };
        /** @description A problem document (RFC 9457) with its texts in Vietnamese and English. */
        Problem: {
            /** @description Stable code for programs. */
            code: string;
            /** @description What was wrong (the same as `detail_vi`). */
            detail: string;
            /** @description What was wrong, in English. */
            detail_en: string;
            /** @description What was wrong, in Vietnamese. */
            detail_vi: string;
            /** @description Every fault of a refused document, where there may be several. */
            problems?: components["schemas"]["FieldProblem"][];
            /**
             * Format: int32
             * @description The HTTP status.
             */
            status: number;
            /** @description The HTTP status in words. */
            title: string;
            /** @description A name for the kind of problem: `urn:phusong:problem:` and the code. */
            type: string;
            /** @description What to do about it, in English. */
            what_to_do_en?: string | null;
            /** @description What to do about it, in Vietnamese. */
            what_to_do_vi?: string | null;
            /** @description File, sheet, row, parameter, … where known. */
            where?: string | null;
        };
        /** @description A project with what is in it. */
        ProjectView: {
            /** @description West, south, east, north in degrees. */
            bounds?: number[] | null;
            created_at: string;
            datasets: components["schemas"]["DatasetView"][];
            id: string;
            latest_coverage_run?: string | null;
            latest_plan_run?: string | null;
            name: string;
            /** @description Its data are made up. */
            synthetic: boolean;
        };
        /** @description A run: immutable, named by the hash of its inputs. */
        RunView: {
            created_at: string;
            id: string;
            inputs: unknown;
            /** @description coverage, plan or sharing. */
            kind: string;
            parameters: unknown;
            /** @description The project's data changed after the run. */
            stale: boolean;
            summary: unknown;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
