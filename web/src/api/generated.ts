/** Types of the service’s interface, made from its OpenAPI document by `npm run types`. Do not edit. */
export interface paths {
    "/api/demo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes and loads the demo project unless it is there. */
        post: operations["post_api_demo"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the service and its store answer. */
        get: operations["get_api_health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The newest jobs. */
        get: operations["get_api_jobs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/jobs/{job}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One job. */
        get: operations["get_api_jobs_job"];
        put?: never;
        post?: never;
        /** Asks a job to stop. */
        delete: operations["delete_api_jobs_job"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/jobs/{job}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The job now and at every change, as server-sent events named `job`; ends with the job. */
        get: operations["get_api_jobs_job_events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All projects. */
        get: operations["get_api_projects"];
        put?: never;
        /** Makes a project. */
        post: operations["post_api_projects"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{project}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One project. */
        get: operations["get_api_projects_project"];
        put?: never;
        post?: never;
        /** Deletes a project with everything in it. */
        delete: operations["delete_api_projects_project"];
        options?: never;
        head?: never;
        /** Renames a project. */
        patch: operations["patch_api_projects_project"];
        trace?: never;
    };
    "/api/projects/{project}/coverage-runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Computes coverage. Every setting is optional. */
        post: operations["post_api_projects_project_coverage_runs"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{project}/datasets/{kind}/undo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Goes back to the version of a dataset before the one in use. */
        post: operations["post_api_projects_project_datasets_kind_undo"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{project}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A layer as a file. Security-restricted sites are never in it. */
        get: operations["get_api_projects_project_export"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{project}/hillshade/{z}/{x}/{y}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shaded relief of the project's own ground as PNG with transparency. */
        get: operations["get_api_projects_project_hillshade_z_x_y"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{project}/imports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The imports of a project, the newest first. */
        get: operations["get_api_projects_project_imports"];
        put?: never;
        /** Uploads files and checks them; nothing changes until the commit. */
        post: operations["post_api_projects_project_imports"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{project}/imports/{import}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One import with its report. */
        get: operations["get_api_projects_project_imports_import"];
        put?: never;
        post?: never;
        /** Throws an import away. */
        delete: operations["delete_api_projects_project_imports_import"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{project}/imports/{import}/commit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes an import part of the project. */
        post: operations["post_api_projects_project_imports_import_commit"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{project}/path": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The ground along the straight path between two places. */
        get: operations["get_api_projects_project_path"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{project}/plan-runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes a plan. */
        post: operations["post_api_projects_project_plan_runs"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{project}/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The runs of a project, the newest first. */
        get: operations["get_api_projects_project_runs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{project}/runs/{run}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One run. */
        get: operations["get_api_projects_project_runs_run"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{project}/runs/{run}/areas": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Coverage per area, with percentages and totals in which nested areas count once. */
        get: operations["get_api_projects_project_runs_run_areas"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{project}/runs/{run}/candidates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The actions of a plan as a GeoJSON FeatureCollection, in rank order. */
        get: operations["get_api_projects_project_runs_run_candidates"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{project}/runs/{run}/footprints/{footprint}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The outline of the covered ground of a technology and operator (`4g-any.geojson`), as a GeoJSON Feature. */
        get: operations["get_api_projects_project_runs_run_footprints_footprint"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{project}/runs/{run}/layers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The layers of a run with their legends. */
        get: operations["get_api_projects_project_runs_run_layers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{project}/runs/{run}/places": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Service per place. */
        get: operations["get_api_projects_project_runs_run_places"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{project}/runs/{run}/plan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The whole plan: request, costs, actions with reasons, totals, what was proved. */
        get: operations["get_api_projects_project_runs_run_plan"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{project}/runs/{run}/point": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every layer's value at a place, and the ground there. */
        get: operations["get_api_projects_project_runs_run_point"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{project}/runs/{run}/tiles/{layer}/{z}/{x}/{y}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A tile of a layer as PNG; the same bytes for ever. */
        get: operations["get_api_projects_project_runs_run_tiles_layer_z_x_y"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{project}/runs/{run}/warnings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the reader of a coverage run has to know. */
        get: operations["get_api_projects_project_runs_run_warnings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{project}/style.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A MapLibre style of every collection, for programs that open one. */
        get: operations["get_api_projects_project_style_json"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{project}/vector/{collection}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** TileJSON 3.0 of a collection. */
        get: operations["get_api_projects_project_vector_collection"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/projects/{project}/vector/{collection}/{z}/{x}/{y}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A tile of a collection as MVT. */
        get: operations["get_api_projects_project_vector_collection_z_x_y"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/version": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Which version answers. */
        get: operations["get_api_version"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ogc/{project}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The landing page. */
        get: operations["get_ogc_project"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ogc/{project}/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The landing page, by its address with a slash. */
        get: operations["get_ogc_project_slash"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ogc/{project}/collections": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every collection. */
        get: operations["get_ogc_project_collections"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ogc/{project}/collections/{collection}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One collection. */
        get: operations["get_ogc_project_collections_collection"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ogc/{project}/collections/{collection}/items": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The rows of a collection, page by page. */
        get: operations["get_ogc_project_collections_collection_items"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ogc/{project}/collections/{collection}/items/{item}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One row. */
        get: operations["get_ogc_project_collections_collection_items_item"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ogc/{project}/conformance": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What of the standard is kept. */
        get: operations["get_ogc_project_conformance"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
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
        /** @description An import with its report. */
        ImportView: {
            created_at: string;
            files: string[];
            id: string;
            kind: string;
            /** @description Rows in, accepted, repaired, rejected; how coordinates were understood; every row. */
            report: Record<string, never>;
            /** @description awaiting_commit, committed or discarded. */
            status: string;
        };
        /** @description A layer of a run and how it is shown. */
        LayerView: {
            key: string;
            legend: components["schemas"]["LegendStop"][];
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
        /** @description What a new project needs. */
        NewProject: {
            /** @description Unique name, 1 to 200 characters. */
            name: string;
            /** @description Its data are made up. */
            synthetic?: boolean;
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
        /** @description What of a project can be changed. */
        ProjectChange: {
            /** @description Unique name, 1 to 200 characters. */
            name: string;
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
            /** @description coverage or plan. */
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
export interface operations {
    post_api_demo: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The job */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
        };
    };
    get_api_health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It lives */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
        };
    };
    get_api_jobs: {
        parameters: {
            query?: {
                /** @description Only the jobs of this project. */
                project?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Jobs, the newest first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown[];
                };
            };
        };
    };
    get_api_jobs_job: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id */
                job: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The job */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_api_jobs_job: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id */
                job: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The job as it stands */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_api_jobs_job_events: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id */
                job: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Events named `job`, data: the job */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_api_projects: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProjectView"][];
                };
            };
        };
    };
    post_api_projects: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewProject"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProjectView"];
                };
            };
            /** @description The name is taken */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_api_projects_project: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id or name */
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProjectView"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_api_projects_project: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id or name */
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    patch_api_projects_project: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id or name */
                project: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProjectChange"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProjectView"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_api_projects_project_coverage_runs: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id or name */
                project: string;
            };
            cookie?: never;
        };
        /** @description Coverage parameters; missing ones take the defaults */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "technologies": [
                 *         "4g",
                 *         "5g"
                 *       ],
                 *       "zoom": 12
                 *     }
                 */
                "application/json": unknown;
            };
        };
        responses: {
            /** @description The job */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_api_projects_project_datasets_kind_undo: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description sites, areas, zones, … */
                kind: string;
                /** @description Id or name */
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The version now in use, or null */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_api_projects_project_export: {
        parameters: {
            query: {
                /** @description geojson, csv, or tif for signal; geojson when absent. */
                format?: string;
                /** @description sites, stations, cells, communes, zones, places, villages, candidates, areas, footprint or signal. */
                layer: string;
                /** @description Operator of results; any when absent. */
                operator?: string;
                /** @description The run that results are of; the newest when absent. */
                run?: string;
                /** @description Technology of results; 4g when absent. */
                technology?: string;
            };
            header?: never;
            path: {
                /** @description Id or name */
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_api_projects_project_hillshade_z_x_y: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id or name */
                project: string;
                /** @description Column */
                x: string;
                /** @description Row, with or without .png */
                y: string;
                /** @description Zoom, 0 to 14 */
                z: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description PNG, 256 × 256 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/png": number[];
                };
            };
            /** @description Unchanged */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_api_projects_project_imports: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id or name */
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportView"][];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_api_projects_project_imports: {
        parameters: {
            query: {
                /** @description EPSG code of the coordinates, where the file does not say. */
                epsg?: number;
                /** @description sites, areas, zones, places, terrain, landcover, population, measurements, … */
                kind: string;
                /** @description Whose list it is, where it has no such column. */
                operator?: string;
            };
            header?: never;
            path: {
                /** @description Id or name */
                project: string;
            };
            cookie?: never;
        };
        /** @description One or more parts named `file` */
        requestBody: {
            content: {
                "multipart/form-data": unknown;
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportView"];
                };
            };
            /** @description A file is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            /** @description A file is refused as a whole */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_api_projects_project_imports_import: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id */
                import: string;
                /** @description Id or name */
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportView"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_api_projects_project_imports_import: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id */
                import: string;
                /** @description Id or name */
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_api_projects_project_imports_import_commit: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id */
                import: string;
                /** @description Id or name */
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The dataset version */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_api_projects_project_path: {
        parameters: {
            query: {
                /** @description Longitude,latitude of the start. */
                from: string;
                /** @description Longest step, metres; 30 when absent. */
                step_m?: number;
                /** @description Longitude,latitude of the end. */
                to: string;
            };
            header?: never;
            path: {
                /** @description Id or name */
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description {length_m, azimuth_deg, profile: {distance_m, height_m, clutter_m}} */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    post_api_projects_project_plan_runs: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id or name */
                project: string;
            };
            cookie?: never;
        };
        /** @description Plan parameters */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "technology": "5g",
                 *       "actions": 30,
                 *       "minimum_in_zones": 10
                 *     }
                 */
                "application/json": unknown;
            };
        };
        responses: {
            /** @description The job */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_api_projects_project_runs: {
        parameters: {
            query?: {
                /** @description coverage or plan; both when absent. */
                kind?: string;
            };
            header?: never;
            path: {
                /** @description Id or name */
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunView"][];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_api_projects_project_runs_run: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id or name */
                project: string;
                /** @description Id */
                run: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RunView"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_api_projects_project_runs_run_areas: {
        parameters: {
            query?: {
                /** @description commune or zone; every area when absent. */
                kind?: string;
                /** @description An operator's name; any operator when absent or `any`. */
                operator?: string;
                /** @description 2g, 3g, 4g or 5g; 4g when absent. */
                technology?: string;
            };
            header?: never;
            path: {
                /** @description Id or name */
                project: string;
                /** @description Id */
                run: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description {rows, totals, parameters} */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_api_projects_project_runs_run_candidates: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id or name */
                project: string;
                /** @description Id of a plan run */
                run: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description FeatureCollection */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_api_projects_project_runs_run_footprints_footprint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description {technology}-{operator}, with or without .geojson */
                footprint: string;
                /** @description Id or name */
                project: string;
                /** @description Id of a coverage run */
                run: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description GeoJSON Feature */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            /** @description Unchanged */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_api_projects_project_runs_run_layers: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id or name */
                project: string;
                /** @description Id of a coverage run */
                run: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LayerView"][];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_api_projects_project_runs_run_places: {
        parameters: {
            query?: {
                /** @description commune or zone; every area when absent. */
                kind?: string;
                /** @description An operator's name; any operator when absent or `any`. */
                operator?: string;
                /** @description 2g, 3g, 4g or 5g; 4g when absent. */
                technology?: string;
            };
            header?: never;
            path: {
                /** @description Id or name */
                project: string;
                /** @description Id */
                run: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description {rows, parameters} */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_api_projects_project_runs_run_plan: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id or name */
                project: string;
                /** @description Id of a plan run */
                run: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The plan */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_api_projects_project_runs_run_point: {
        parameters: {
            query: {
                /** @description Latitude, degrees. */
                lat: number;
                /** @description Longitude, degrees. */
                lon: number;
            };
            header?: never;
            path: {
                /** @description Id or name */
                project: string;
                /** @description Id of a coverage run */
                run: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description {lon, lat, height_m, clutter_m, values: [{layer, technology, operator, quantity, unit, value, cell}]} */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_api_projects_project_runs_run_tiles_layer_z_x_y: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Key of the layer */
                layer: string;
                /** @description Id or name */
                project: string;
                /** @description Id of a coverage run */
                run: string;
                /** @description Column */
                x: string;
                /** @description Row, with or without .png */
                y: string;
                /** @description Zoom */
                z: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description PNG, 256 × 256 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/png": number[];
                };
            };
            /** @description Unchanged */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_api_projects_project_runs_run_warnings: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id or name */
                project: string;
                /** @description Id of a coverage run */
                run: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Warnings in both languages */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown[];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_api_projects_project_style_json: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id or name */
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description MapLibre style */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_api_projects_project_vector_collection: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description sites, communes, … */
                collection: string;
                /** @description Id or name */
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description TileJSON */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_api_projects_project_vector_collection_z_x_y: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description sites, communes, … */
                collection: string;
                /** @description Id or name */
                project: string;
                /** @description Column */
                x: string;
                /** @description Row, with or without .mvt */
                y: string;
                /** @description Zoom */
                z: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Mapbox vector tile */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/vnd.mapbox-vector-tile": number[];
                };
            };
            /** @description Unchanged */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_api_version: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Name and version */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
        };
    };
    get_ogc_project: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id or name */
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Links */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_ogc_project_slash: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id or name */
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Links */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_ogc_project_collections: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id or name */
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Collections */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_ogc_project_collections_collection: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description sites, communes, … */
                collection: string;
                /** @description Id or name */
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The collection */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_ogc_project_collections_collection_items: {
        parameters: {
            query?: {
                /** @description west,south,east,north (or with heights, which are passed over) in degrees. */
                bbox?: string;
                /** @description Only rows of this kind within the collection. */
                kind?: string;
                /** @description Rows per page: 1 to 100,000; 1,000 when absent. */
                limit?: number;
                /** @description Rows to pass over. */
                offset?: number;
                /** @description The run that footprints or candidates are of; the newest when absent. */
                run?: string;
            };
            header?: never;
            path: {
                /** @description sites, communes, … */
                collection: string;
                /** @description Id or name */
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description FeatureCollection */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/geo+json": unknown;
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_ogc_project_collections_collection_items_item: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description sites, communes, … */
                collection: string;
                /** @description Code of the row */
                item: string;
                /** @description Id or name */
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Feature */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/geo+json": unknown;
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_ogc_project_conformance: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id or name */
                project: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Conformance classes */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
