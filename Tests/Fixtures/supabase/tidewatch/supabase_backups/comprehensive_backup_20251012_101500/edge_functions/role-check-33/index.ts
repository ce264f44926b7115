import { serve } from "../_shared/serve.ts";

// role-check-33
serve(async (request) => {
  const { id } = await request.json();
  return new Response(JSON.stringify({ name: "role-check-33", id }));
});
