// Written by npm run db:generate from src/app.ts.
type AppEnv = import('hono').Env;
declare const routes: import("hono/hono-base").HonoBase<AppEnv, import("hono/types").MergeSchemaPath<{
    "/": {
        $get: {
            output: {
                id: number;
                user_id: string;
                title: string;
                description: string | null;
                completed: boolean;
                is_completed: boolean;
                created_at: string;
                updated_at: string;
            }[];
            outputFormat: "json";
            status: 200;
            input: {
                query: {
                    completed?: string | string[];
                    is_completed?: string | string[];
                    status?: string | string[];
                    limit?: string | undefined;
                    cursor?: string | undefined;
                };
            };
        };
    };
} & {
    "/": {
        $post: {
            output: {
                id: number;
                user_id: string;
                title: string;
                description: string | null;
                completed: boolean;
                is_completed: boolean;
                created_at: string;
                updated_at: string;
            };
            outputFormat: "json";
            status: 201;
            input: {
                json: {
                    completed?: boolean | undefined;
                    is_completed?: boolean | undefined;
                    description?: string | null | undefined;
                    title: string;
                };
            };
        };
    };
} & {
    "/:id": {
        $get: {
            output: {
                id: number;
                user_id: string;
                title: string;
                description: string | null;
                completed: boolean;
                is_completed: boolean;
                created_at: string;
                updated_at: string;
            };
            outputFormat: "json";
            status: 200;
            input: {
                param: {
                    id: string;
                };
            };
        };
    };
} & {
    "/:id": {
        $put: {
            output: {
                id: number;
                user_id: string;
                title: string;
                description: string | null;
                completed: boolean;
                is_completed: boolean;
                created_at: string;
                updated_at: string;
            };
            outputFormat: "json";
            status: 200;
            input: {
                param: {
                    id: string;
                };
            } & {
                json: {
                    completed?: boolean | undefined;
                    is_completed?: boolean | undefined;
                    description?: string | null | undefined;
                    title?: string | undefined;
                };
            };
        };
    };
} & {
    "/:id": {
        $patch: {
            output: {
                id: number;
                user_id: string;
                title: string;
                description: string | null;
                completed: boolean;
                is_completed: boolean;
                created_at: string;
                updated_at: string;
            };
            outputFormat: "json";
            status: 200;
            input: {
                param: {
                    id: string;
                };
            } & {
                json: {
                    completed?: boolean | undefined;
                    is_completed?: boolean | undefined;
                    description?: string | null | undefined;
                    title?: string | undefined;
                };
            };
        };
    };
} & {
    "/:id/complete": {
        $patch: {
            output: {
                id: number;
                user_id: string;
                title: string;
                description: string | null;
                completed: boolean;
                is_completed: boolean;
                created_at: string;
                updated_at: string;
            };
            outputFormat: "json";
            status: 200;
            input: {
                param: {
                    id: string;
                };
            } & {
                json: "" | {
                    completed?: boolean | undefined;
                    is_completed?: boolean | undefined;
                } | null;
            };
        };
    };
} & {
    "/:id": {
        $delete: {
            output: null;
            outputFormat: "body";
            status: 204;
            input: {
                param: {
                    id: string;
                };
            };
        };
    };
}, "/api/:user_id/tasks"> | import("hono/types").MergeSchemaPath<{
    "/": {
        $get: {
            output: {
                id: number;
                user_id: string;
                title: string;
                description: string | null;
                completed: boolean;
                is_completed: boolean;
                created_at: string;
                updated_at: string;
            }[];
            outputFormat: "json";
            status: 200;
            input: {
                query: {
                    completed?: string | string[];
                    is_completed?: string | string[];
                    status?: string | string[];
                    limit?: string | undefined;
                    cursor?: string | undefined;
                };
            };
        };
    };
} & {
    "/": {
        $post: {
            output: {
                id: number;
                user_id: string;
                title: string;
                description: string | null;
                completed: boolean;
                is_completed: boolean;
                created_at: string;
                updated_at: string;
            };
            outputFormat: "json";
            status: 201;
            input: {
                json: {
                    completed?: boolean | undefined;
                    is_completed?: boolean | undefined;
                    description?: string | null | undefined;
                    title: string;
                };
            };
        };
    };
} & {
    "/:id": {
        $get: {
            output: {
                id: number;
                user_id: string;
                title: string;
                description: string | null;
                completed: boolean;
                is_completed: boolean;
                created_at: string;
                updated_at: string;
            };
            outputFormat: "json";
            status: 200;
            input: {
                param: {
                    id: string;
                };
            };
        };
    };
} & {
    "/:id": {
        $put: {
            output: {
                id: number;
                user_id: string;
                title: string;
                description: string | null;
                completed: boolean;
                is_completed: boolean;
                created_at: string;
                updated_at: string;
            };
            outputFormat: "json";
            status: 200;
            input: {
                param: {
                    id: string;
                };
            } & {
                json: {
                    completed?: boolean | undefined;
                    is_completed?: boolean | undefined;
                    description?: string | null | undefined;
                    title?: string | undefined;
                };
            };
        };
    };
} & {
    "/:id": {
        $patch: {
            output: {
                id: number;
                user_id: string;
                title: string;
                description: string | null;
                completed: boolean;
                is_completed: boolean;
                created_at: string;
                updated_at: string;
            };
            outputFormat: "json";
            status: 200;
            input: {
                param: {
                    id: string;
                };
            } & {
                json: {
                    completed?: boolean | undefined;
                    is_completed?: boolean | undefined;
                    description?: string | null | undefined;
                    title?: string | undefined;
                };
            };
        };
    };
} & {
    "/:id/complete": {
        $patch: {
            output: {
                id: number;
                user_id: string;
                title: string;
                description: string | null;
                completed: boolean;
                is_completed: boolean;
                created_at: string;
                updated_at: string;
            };
            outputFormat: "json";
            status: 200;
            input: {
                param: {
                    id: string;
                };
            } & {
                json: "" | {
                    completed?: boolean | undefined;
                    is_completed?: boolean | undefined;
                } | null;
            };
        };
    };
} & {
    "/:id": {
        $delete: {
            output: null;
            outputFormat: "body";
            status: 204;
            input: {
                param: {
                    id: string;
                };
            };
        };
    };
}, "/api/tasks"> | ({
    "/health": {
        $get: {
            output: {
                status: string;
            };
            outputFormat: "json";
            status: import("hono/utils/http-status").ContentfulStatusCode;
            input: {};
        };
    };
} & {
    "/ready": {
        $get: {
            output: {
                status: string;
            };
            outputFormat: "json";
            status: import("hono/utils/http-status").ContentfulStatusCode;
            input: {};
        };
    };
}), "/", "/ready">;
/** The API's routes, for Hono's typed client `hc`. */
export type App = typeof routes;
export {};
