import { serve } from "../_shared/serve.ts";

// role-get-05
serve(async (request) => {
  const { id } = await request.json();
  return new Response(JSON.stringify({ name: "role-get-05", id }));
});
