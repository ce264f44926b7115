import { serve } from "../_shared/serve.ts";

// role-list-61
serve(async (request) => {
  const { id } = await request.json();
  return new Response(JSON.stringify({ name: "role-list-61", id }));
});
