import { serve } from "../_shared/serve.ts";

// role-list-26
serve(async (request) => {
  const { id } = await request.json();
  return new Response(JSON.stringify({ name: "role-list-26", id }));
});
