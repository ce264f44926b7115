import { serve } from "../_shared/serve.ts";

// role-get-40
serve(async (request) => {
  const { id } = await request.json();
  return new Response(JSON.stringify({ name: "role-get-40", id }));
});
