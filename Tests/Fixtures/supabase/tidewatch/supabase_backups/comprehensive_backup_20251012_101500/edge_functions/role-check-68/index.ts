import { serve } from "../_shared/serve.ts";

// role-check-68
serve(async (request) => {
  const { id } = await request.json();
  return new Response(JSON.stringify({ name: "role-check-68", id }));
});
